"""Paging: the outbox worker, signed links, and the channels that carry a message to a phone."""

from amends.paging.channels import KINDS, ChannelSettings, build
from amends.paging.links import Links
from amends.paging.message import Message, compose
from amends.paging.ports import (
    Channel,
    Claimed,
    Incidents,
    Listener,
    Observer,
    OutboxStore,
    Refused,
    Result,
    Retry,
    Sent,
    Traits,
)
from amends.paging.replies import hear
from amends.paging.worker import Limits, Worker

__all__ = [
    "KINDS",
    "Channel",
    "ChannelSettings",
    "Claimed",
    "Incidents",
    "Limits",
    "Links",
    "Listener",
    "Message",
    "Observer",
    "OutboxStore",
    "Refused",
    "Result",
    "Retry",
    "Sent",
    "Traits",
    "Worker",
    "build",
    "compose",
    "hear",
]
