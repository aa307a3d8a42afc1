"""The HTTP server: it serves the pages of whatever database is open, to this machine only."""

from __future__ import annotations

import socket
import sqlite3
import threading
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from desk import customers, invoices, orders, overview, sales, stock, tickets, users
from desk.layout import message_page, waiting_page
from desk.store import StoreError, connect, require_company
from desk.web import NotFound, Request, Response, handle, redirect

MODULES = (overview, orders, customers, stock, invoices, tickets, sales, users)
STATIC = Path(__file__).resolve().parent.parent / "static"
KINDS = {".css": "text/css", ".js": "text/javascript"}
MOST_BYTES = 1 << 20  # of a posted form


class Company:
    """Which database is open; browsers that wait for one are told."""

    def __init__(self, path: str | None) -> None:
        self.path = path
        self._opened = threading.Condition()

    def open(self, path: str) -> None:
        """Open another database. Raises StoreError if it is none."""
        require_company(path)
        with self._opened:
            self.path = path
            self._opened.notify_all()

    def wait(self) -> None:
        """Return once a database is opened after the call."""
        with self._opened:
            self._opened.wait()


class Server(ThreadingHTTPServer):
    """A server on a socket that listens already."""

    daemon_threads = True

    def __init__(self, listener: socket.socket, company: Company) -> None:
        super().__init__(listener.getsockname(), Pages, bind_and_activate=False)
        self.socket.close()
        self.socket = listener
        self.company = company


class Pages(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: Server

    def do_GET(self) -> None:
        """Answer a GET."""
        path = urlsplit(self.path).path
        if path == "/opened":
            self._announce()
        elif path.startswith("/static/"):
            self._send(static_file(path.removeprefix("/static/")))
        else:
            self._send(self._page("GET", {}))

    def do_POST(self) -> None:
        """Answer a POST."""
        size = int(self.headers.get("Content-Length", 0))
        if size > MOST_BYTES:
            self._send(message_page("Too large", "The form is too large.", 413))
            return
        body = self.rfile.read(size).decode("utf-8", "replace")
        self._send(self._page("POST", parse_qs(body, keep_blank_values=True)))

    def _page(self, method: str, form: dict[str, list[str]]) -> Response:
        parts = urlsplit(self.path)
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        if parts.path == "/open":
            return self._open(query.get("file", ""), quietly=method == "POST")
        company = self.server.company
        if company.path is None:
            return waiting_page()
        with closing(connect(company.path)) as db:
            try:
                response = handle(method, Request(parts.path, query, form, db))
                db.commit()
                return response
            except NotFound:
                return message_page("Not found", "There is no such page or record.", 404)
            except sqlite3.Error as error:
                return message_page("Error", f"The database says: {error}", 500)

    def _open(self, path: str, quietly: bool) -> Response:
        try:
            self.server.company.open(path)
        except StoreError as error:
            return message_page("Cannot open", str(error), 400)
        return Response(status=204) if quietly else redirect("/")

    def _announce(self) -> None:
        """Send an event when a database is opened."""
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.flush()
        self.server.company.wait()
        self.wfile.write(b"data: opened\n\n")
        self.close_connection = True

    def _send(self, response: Response) -> None:
        body = response.body.encode()
        self.send_response(response.status)
        if response.status != 204:
            self.send_header("Content-Type", response.kind)
            self.send_header("Content-Length", str(len(body)))
        if "Cache-Control" not in response.headers:
            self.send_header("Cache-Control", "no-store")
        for key, value in response.headers.items():
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""


def static_file(name: str) -> Response:
    """A style sheet or script."""
    path = STATIC / name
    if "/" in name or path.suffix not in KINDS or not path.is_file():
        return message_page("Not found", "There is no such file.", 404)
    headers = {"Cache-Control": "max-age=86400"}
    return Response(
        path.read_text("utf-8"), kind=f"{KINDS[path.suffix]}; charset=utf-8", headers=headers
    )


def serve(listener: socket.socket, database: str | None) -> None:
    """Serve until the machine ends."""
    if database is not None:
        require_company(database)
    Server(listener, Company(database)).serve_forever(poll_interval=3600)
