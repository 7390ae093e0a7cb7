"""The schema's history: one file a step in versions/, run at start by `amends.storage.migrate`."""
