"""The command line. Start-up is light: a command's module is imported when that command runs."""

from amends.cli.app import app, main

__all__ = ["app", "main"]
