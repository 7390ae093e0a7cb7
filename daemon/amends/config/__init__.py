"""`amends.yaml`: read with file:line errors, secrets put in, composed into the rules of the core."""

from amends.config.load import find, load, state_folder
from amends.config.models import Configuration, Source
from amends.config.problems import ConfigurationError, Problem

__all__ = ["Configuration", "ConfigurationError", "Problem", "Source", "find", "load", "state_folder"]
