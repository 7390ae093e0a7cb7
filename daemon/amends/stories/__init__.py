"""Is this post a copy of one already heard: near-duplicates and syndication, with a bounded memory."""

from amends.stories.memory import MAX_AGE, MAX_BITS, MAX_STORIES, Memory, assign, without

__all__ = ["MAX_AGE", "MAX_BITS", "MAX_STORIES", "Memory", "assign", "without"]
