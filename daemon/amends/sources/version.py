"""The version that the User-Agent names."""

from importlib.metadata import PackageNotFoundError, version

try:
    VERSION = version("amends")
except PackageNotFoundError:  # run from a source tree that was never installed
    VERSION = "0"
