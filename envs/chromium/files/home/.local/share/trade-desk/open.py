"""Open Trade Desk: start its server and the browser, or hand a database to the server that runs."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path
from urllib.parse import quote

HERE = Path(__file__).resolve().parent
ADDRESS = ("127.0.0.1", 8000)
BROWSER = "/usr/lib/chromium/chromium"
FLAGS = (
    "--no-sandbox",  # the machine is the sandbox: inside, nothing may make namespaces
    "--no-first-run",
    "--no-default-browser-check",
    "--force-renderer-accessibility",
    "--password-store=basic",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
    "--disable-breakpad",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-smooth-scrolling",
    "--animation-duration-scale=0",  # what fades in or out is there or gone at once
    "--disable-infobars",
    "--disable-session-crashed-bubble",
    "--disable-search-engine-choice-screen",
    "--test-type",  # no bar that warns of --no-sandbox
    "--no-pings",
    "--no-zygote",
    "--disable-field-trial-config",  # experiments put a renderer of its own behind the tool bar
    "--renderer-process-limit=1",
    "--lang=en-GB",
    "--disable-features=Translate,MediaRouter,OptimizationHints,DialMediaRouteProvider,"
    "AutofillServerCommunication,InterestFeedContentSuggestions,CalculateNativeWinOcclusion,"
    "PreloadTopChromeWebUI,SpareRendererForSitePerProcess,GlobalMediaControls,"
    "SidePanelPinning,LensOverlay,WebUIReloadButton,InitialWebUI,WebUIToolbar,"
    "KeyboardAccessibleTooltip,KeyboardAccessibleTooltipInViews",  # 0.5 s after a key
)


def hand_over(database: str) -> bool:
    """Ask the running server to open a database; False if none runs."""
    try:
        connection = socket.create_connection(ADDRESS, timeout=10)
    except ConnectionRefusedError:
        return False
    request = f"POST /open?file={quote(database)} HTTP/1.0\r\nContent-Length: 0\r\n\r\n"
    with connection, connection.makefile("rb") as answer:
        connection.sendall(request.encode())
        status = answer.readline()
    if b" 204" not in status:
        sys.exit(f"{database}: {status.decode(errors='replace').strip()}")
    return True


def start(database: str | None) -> None:
    """Listen, serve from a child process, and become the browser."""
    listener = socket.create_server(ADDRESS, backlog=64)
    if os.fork() == 0:
        sys.path.insert(0, str(HERE))
        from desk.server import serve

        serve(listener, database)
        return
    listener.close()
    os.execv(BROWSER, [BROWSER, *FLAGS, f"http://localhost:{ADDRESS[1]}/"])


def main() -> None:
    """Take the last database of the command line."""
    database = sys.argv[-1] if len(sys.argv) > 1 else None
    if database is None or not hand_over(database):
        start(database)


if __name__ == "__main__":
    main()
