"""One address for one page: what only tracks the reader, or says who asks, is dropped."""

from __future__ import annotations

import re

from yarl import URL

from amends.matching.clean import one_line

_HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*|[0-9a-f:.]*:[0-9a-f:.]*")
MAX_URL = 2_048  # characters; a longer one is no address of a page
_TRACKERS = frozenset(
    {
        "fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "twclid", "ttclid", "li_fat_id",
        "igshid", "igsh", "mc_cid", "mc_eid", "mkt_tok", "_hsenc", "_hsmi", "_ga", "_gl", "vero_id", "vero_conv",
        "oly_enc_id", "oly_anon_id", "ref_src", "ref_url", "cmpid", "ncid", "ocid", "s_cid", "wt_mc", "wt_zmc", "xtor",
        "spm", "scm", "rb_clickid", "srsltid", "at_medium", "at_campaign", "guccounter", "guce_referrer",
        "guce_referrer_sig", "ns_mchannel", "ns_source", "ns_campaign", "ns_linkname", "ns_fee",
    }
)  # fmt: skip
_TRACKER_PREFIXES = ("utm_", "pk_", "mtm_", "hsa_")


def canonical_url(url: str | None) -> str | None:
    """Return the canonical form of an http(s) address, or None of anything else.

    Scheme and host in lower case (an international host in its ASCII form), no default port, no credentials, no
    fragment, no tracking parameters; the order of the others is kept, for it may matter. Idempotent.
    """
    if not url or len(url) > MAX_URL:
        return None
    try:
        parsed = URL(one_line(url))
        if parsed.scheme not in ("http", "https") or not parsed.raw_host:
            return None
        host = parsed.raw_host.rstrip(".").lower()
        if not _HOST.fullmatch(host):
            return None
        host = f"[{host}]" if ":" in host else host
        query = "&".join(pair for pair in parsed.raw_query_string.split("&") if not _tracks(pair))
        port = None if parsed.port == {"http": 80, "https": 443}[parsed.scheme] else parsed.port
        rebuilt = URL.build(
            scheme=parsed.scheme, host=host, port=port, path=parsed.raw_path, query_string=query, encoded=True
        )
        return str(rebuilt)
    except (ValueError, TypeError, UnicodeError):
        return None


def _tracks(pair: str) -> bool:
    key = pair.partition("=")[0].lower()
    return key in _TRACKERS or key.startswith(_TRACKER_PREFIXES)
