"""The running daemon: one task group over the rooms, readiness, reload, orderly stop."""
