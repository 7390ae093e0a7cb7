"""One migration a file, each named by its number and what it brings."""
