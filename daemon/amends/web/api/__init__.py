"""The HTTP doors: JSON for programs, as docs/http-api.md has them."""
