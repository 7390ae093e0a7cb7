"""A world for a booted machine, run by its own Python: a feed on port 8001, and on 8002 a taker of pages."""

from __future__ import annotations

import http.server
import sys
import threading
from email.utils import formatdate
from pathlib import Path

ITEM = "<item><guid>{0}</guid><title>{1}</title><link>http://127.0.0.1:8001/{0}</link><pubDate>{2}</pubDate></item>"
TITLES = ("Acme lost my luggage, awful and rude.", "Acme a perdu ma valise, une honte absolue.")


class Feed(http.server.BaseHTTPRequestHandler):
    """Two mentions that were published when asked for."""

    def do_GET(self) -> None:
        items = "".join(ITEM.format(number, title, formatdate()) for number, title in enumerate(TITLES))
        body = f'<?xml version="1.0"?><rss version="2.0"><channel><title>t</title>{items}</channel></rss>'.encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/rss+xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Receiver(http.server.BaseHTTPRequestHandler):
    """Takes everything, a line each."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with Path(sys.argv[1]).open("ab") as file:
            file.write(self.path.encode() + b" " + body + b"\n")
        self.send_response(204)
        self.end_headers()


if __name__ == "__main__":
    threading.Thread(target=http.server.ThreadingHTTPServer(("127.0.0.1", 8001), Feed).serve_forever).start()
    http.server.ThreadingHTTPServer(("127.0.0.1", 8002), Receiver).serve_forever()
