"""Everything that Amends remembers: one SQLite file, or a PostgreSQL database with the same schema."""

from amends.storage.chain import BrokenChain
from amends.storage.errors import OlderProgramError, StorageError
from amends.storage.outbox import Claim
from amends.storage.reads import Listing, Tones
from amends.storage.rows import StoredMention, StoredPage
from amends.storage.store import Store

__all__ = [
    "BrokenChain",
    "Claim",
    "Listing",
    "OlderProgramError",
    "StorageError",
    "Store",
    "StoredMention",
    "StoredPage",
    "Tones",
]
