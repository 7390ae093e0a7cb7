"""The encoder behind a wall: a child process that turns texts into vectors, for the second opinion on tone."""

from amends.accurate.encoder import Encoder, EncoderError, installed

__all__ = ["Encoder", "EncoderError", "installed"]
