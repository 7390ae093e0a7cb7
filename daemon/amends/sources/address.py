"""Which addresses a source may reach: public ones, by a list of what is public, and what `network.allow` names."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

# Everything that IANA's special-purpose registries (RFC 6890 and updates) keep from the public internet. A list of our
# own, because `is_private` and `is_global` of Python 3.11 pass 100.64/10, NAT64, 6to4, site-local and multicast.
_NOT_PUBLIC_4 = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    )
)  # fmt: skip
# IPv6: only 2000::/3 is given out; of it, these are tunnels to IPv4 (whose inside we would have to trust), for
# documentation, benchmarks and identifiers.
_PUBLIC_6 = ipaddress.IPv6Network("2000::/3")
_NOT_PUBLIC_6 = tuple(
    ipaddress.IPv6Network(network) for network in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)


def plain(address: Address) -> Address:
    """Unwrap an IPv4 address that is written as an IPv6 one (::ffff:0:0/96)."""
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def public(address: Address) -> bool:
    """Whether an address is one of the public internet."""
    address = plain(address)
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in _NOT_PUBLIC_4)
    return address in _PUBLIC_6 and not any(address in network for network in _NOT_PUBLIC_6)


@dataclass(frozen=True)
class Guard:
    """Says of each address, at the moment of connecting, whether it may be reached.

    `allow` are networks that the operator opened; `named` are single addresses with their port, for a command whose
    user typed the address.
    """

    allow: Sequence[Network] = ()
    named: frozenset[tuple[Address, int]] = frozenset()

    @classmethod
    def of(cls, allow: Iterable[str | Network] = (), named: frozenset[tuple[Address, int]] = frozenset()) -> Guard:
        """Build one of CIDR texts; ValueError on what is no network."""
        return cls(tuple(ipaddress.ip_network(str(network)) for network in allow), named)

    def local(self, address: Address) -> bool:
        """Whether an address lies in `network.allow`: there only what the server states slows us down."""
        candidates = (address, plain(address))
        return any(one in network for network in self.allow for one in candidates if one.version == network.version)

    def typed(self, host: str, port: int) -> bool:
        """Whether this is a private address that the command's user typed, so the server is their own."""
        address = literal("127.0.0.1" if host == "localhost" else host)
        return address is not None and not public(address) and (plain(address), port) in self.named

    def allows(self, host: str, port: int) -> bool:
        """Whether the address (a literal, as the socket layer gives it) may be reached at the port."""
        address = literal(host)
        if address is None:
            return False
        return public(address) or self.local(address) or (plain(address), port) in self.named


def literal(host: str) -> Address | None:
    """Read a host that is an address; None for a name. A zone ("fe80::1%eth0") does not change what it is."""
    try:
        return ipaddress.ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return None
