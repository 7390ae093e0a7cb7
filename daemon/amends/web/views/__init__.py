"""The views: web pages for people, phone first, each working without scripts."""
