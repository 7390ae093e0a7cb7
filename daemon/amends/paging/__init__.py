"""Paging: the outbox worker, signed links, and the channels that carry a message to a phone."""

from amends.paging.channels import KINDS, ChannelSettings, build
from amends.paging.follow import Following
from amends.paging.links import Links
from amends.paging.message import Message, compose
from amends.paging.ports import (
    Channel,
    Claimed,
    Follower,
    Incidents,
    Listener,
    Observer,
    OutboxStore,
    Pressed,
    Pushing,
    Refused,
    Remembering,
    Result,
    Retry,
    Sent,
    Told,
    Traits,
    Wish,
)
from amends.paging.replies import hear
from amends.paging.worker import Limits, Worker

__all__ = [
    "KINDS",
    "Channel",
    "ChannelSettings",
    "Claimed",
    "Follower",
    "Following",
    "Incidents",
    "Limits",
    "Links",
    "Listener",
    "Message",
    "Observer",
    "OutboxStore",
    "Pressed",
    "Pushing",
    "Refused",
    "Remembering",
    "Result",
    "Retry",
    "Sent",
    "Told",
    "Traits",
    "Wish",
    "Worker",
    "build",
    "compose",
    "hear",
]
