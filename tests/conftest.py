"""What every test shares: how Hypothesis searches."""

from __future__ import annotations

import os

from hypothesis import settings

# In CI the examples are the same each time: a commit passes or fails by what it changes, not by luck. Elsewhere the
# search goes on at random, and what it finds becomes a test of its own.
settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
settings.register_profile("search", deadline=None, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "search")
