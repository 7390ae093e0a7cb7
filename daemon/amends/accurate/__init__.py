"""The encoder behind a wall: a child process that turns texts into vectors, for the second opinion on tone."""

from amends.accurate.encoder import DIMENSIONS, Encoder, EncoderError, installed

__all__ = ["DIMENSIONS", "Encoder", "EncoderError", "installed"]
