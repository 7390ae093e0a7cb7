"""Which addresses count as public."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.sources.address import Guard, literal, public


@pytest.mark.parametrize("address", ["1.1.1.1", "8.8.8.8", "93.184.216.34", "2606:4700::1111", "2a00:1450:4001::200e"])
def test_the_public_internet_is_public(address: str) -> None:
    assert public(ip_address(address))
    assert Guard().allows(address, 80)


@pytest.mark.parametrize(
    "address",
    ["0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "169.254.169.254", "172.31.255.255", "192.0.0.8", "192.0.2.1",
     "192.88.99.1", "192.168.0.1", "198.19.0.1", "203.0.113.9", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::",
     "::1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::1.1.1.1", "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1",
     "2002:101:101::1", "3fff::1", "fc00::1", "fe80::1", "fec0::1", "ff02::1", "4000::1"],
)  # fmt: skip
def test_everything_else_is_not(address: str) -> None:
    assert not public(ip_address(address))
    assert not Guard().allows(address, 80)


@given(st.integers(0, 2**32 - 1))
def test_a_mapped_address_is_judged_as_the_one_inside(number: int) -> None:
    inside = IPv4Address(number)
    assert public(IPv6Address(f"::ffff:{inside}")) == public(inside)


def test_allow_and_named_open_no_more_than_they_say() -> None:
    guard = Guard.of(["10.0.0.0/8", "fd00::/8"], frozenset({(ip_address("127.0.0.1"), 8001)}))
    assert guard.allows("10.9.8.7", 80)
    assert guard.allows("::ffff:10.9.8.7", 80)
    assert guard.allows("fd00::1", 80)
    assert not guard.allows("fc00::1", 80)
    assert guard.allows("127.0.0.1", 8001)
    assert not guard.allows("127.0.0.1", 8002)
    assert not guard.allows("not an address", 80)
    assert guard.local(ip_address("10.0.0.1"))
    assert not guard.local(ip_address("127.0.0.1"))
    with pytest.raises(ValueError, match="host bits"):
        Guard.of(["10.0.0.1/8"])


def test_zones_and_brackets_do_not_hide_an_address() -> None:
    assert literal("[fe80::1%eth0]") == ip_address("fe80::1")
    assert literal("news.example") is None
