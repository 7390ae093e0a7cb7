from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.matching import canonical_url


@pytest.mark.parametrize(
    ("given_url", "canonical"),
    [
        ("HTTPS://Example.COM/Path", "https://example.com/Path"),
        ("https://example.com", "https://example.com/"),
        ("https://example.com:443/a", "https://example.com/a"),
        ("http://example.com:80/a", "http://example.com/a"),
        ("http://example.com:8080/a", "http://example.com:8080/a"),
        ("https://example.com/a#part", "https://example.com/a"),
        ("https://example.com/a?utm_source=x&id=1&UTM_medium=y&fbclid=z", "https://example.com/a?id=1"),
        ("https://example.com/a?b=2&a=1", "https://example.com/a?b=2&a=1"),
        ("https://example.com/a?gclid=1", "https://example.com/a"),
        ("https://user:secret@example.com/a", "https://example.com/a"),
        ("https://example.com./a", "https://example.com/a"),
        (" https://example.com/a\n", "https://example.com/a"),
        ("https://b\u00fccher.example/\u00e9", "https://xn--bcher-kva.example/%C3%A9"),
        ("http://[2001:DB8::1]:8080/x", "http://[2001:db8::1]:8080/x"),
        ("https://example.com/a%2Fb?x=%26", "https://example.com/a%2Fb?x=%26"),
        ("ftp://example.com/a", None),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("//example.com/a", None),
        ("/only/a/path", None),
        ("https://", None),
        ("https://./", None),
        ("https://example.com:99999/", None),
        ("", None),
        (None, None),
        ("https://example.com/" + "a" * 3_000, None),
    ],
)
def test_one_address_for_one_page(given_url: str | None, canonical: str | None) -> None:
    assert canonical_url(given_url) == canonical


@given(
    st.one_of(st.text(), st.text().map(lambda tail: f"https://example.com/{tail}"), st.text().map("http://".__add__))
)
def test_canonical_addresses_are_safe_and_stable(url: str) -> None:
    canonical = canonical_url(url)
    if canonical is not None:
        assert canonical.startswith(("http://", "https://"))
        assert canonical.isascii()
        assert canonical.isprintable()
        assert " " not in canonical
        assert "#" not in canonical
        assert canonical_url(canonical) == canonical
