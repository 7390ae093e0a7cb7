"""Bodies in pieces: decoded as they arrive, counted as they grow, stopped before they hurt."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from amends.sources.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from _typeshed import ReadableBuffer

_PIECE = 64 * 1024  # bytes decoded at once: the event loop waits for no more
_RATIO = 200
_RATIO_FROM = 2**20
_DEFLATE = 8  # the method of a zlib header (RFC 1950)


class Inflater:
    """Decodes one body. `coding` is its Content-Encoding, `limit` the largest decoded size in bytes."""

    def __init__(self, coding: str, limit: int) -> None:
        self._coding = coding.strip().lower()
        if self._coding not in {"", "identity", "gzip", "x-gzip", "deflate"}:
            raise SourceError("encoding", f"the body is encoded as {coding!r}, which was not asked for")
        self._limit = limit
        self._taken = 0
        self.given = 0
        self._engine: zlib._Decompress | None = None
        self._plain = self._coding in {"", "identity"}
        self._started = False

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """Yield the decoded pieces of a chunk; SourceError `too-large` at the limit."""
        if not chunk:
            return
        self._taken += len(chunk)
        if not self._started:
            self._started = True
            self._begin(chunk)
        if self._plain or self._engine is None:
            yield self._count(chunk)
            return
        rest: ReadableBuffer = chunk
        try:
            while rest and not self._engine.eof:
                piece = self._engine.decompress(rest, _PIECE)
                rest = self._engine.unconsumed_tail
                if piece:
                    yield self._count(piece)
                elif not rest:
                    break
        except zlib.error as error:
            raise SourceError("encoding", f"the body is no {self._coding or 'gzip'}: {error}") from None

    def finish(self) -> None:
        """SourceError `truncated` if the stream has not come to its own end."""
        if self._engine is not None and not self._engine.eof:
            raise SourceError("truncated", f"the {self._coding or 'gzip'} body ends before its end")

    def _begin(self, chunk: bytes) -> None:
        if self._plain:
            # A file that was compressed on disk and served as it lies: legible, so it is read.
            if chunk[:3] == b"\x1f\x8b\x08":
                self._plain = False
                self._engine = zlib.decompressobj(zlib.MAX_WBITS | 16)
        elif self._coding == "deflate":
            wrapped = len(chunk) > 1 and chunk[0] & 0x0F == _DEFLATE and int.from_bytes(chunk[:2], "big") % 31 == 0
            self._engine = zlib.decompressobj(zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS)
        else:
            self._engine = zlib.decompressobj(zlib.MAX_WBITS | 16)

    def _count(self, piece: bytes) -> bytes:
        self.given += len(piece)
        if self.given > self._limit:
            raise SourceError("too-large", f"the body is over {self._limit / 2**20:g} MiB (network.max_body)")
        if self.given > _RATIO_FROM and self.given > _RATIO * self._taken:
            raise SourceError("too-large", f"the body inflates over {_RATIO} times: a bomb")
        return piece
