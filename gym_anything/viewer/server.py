"""Server: the page on this host's own address, for a browser on this host only.

Other web pages that the browser shows at the same time may send requests here, too: what does not
name this host is refused, and no answer may be used by a page from elsewhere.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress

import uvicorn
from fastapi import FastAPI, HTTPException, Request, Response
from starlette.middleware.base import RequestResponseEndpoint
from starlette.middleware.trustedhost import TrustedHostMiddleware

from gym_anything.errors import ConfigError
from gym_anything.viewer import payload
from gym_anything.viewer.page import PAGE, PARTS, POLICY, part
from gym_anything.viewer.shelf import Shelf

HOST = "127.0.0.1"
_HEADERS = {
    "Content-Security-Policy": POLICY + "; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def make_app(shelf: Shelf, title: str) -> FastAPI:
    """The page and what it asks for, as an ASGI application.

    Args:
        shelf: the episodes.
        title: of the page.
    """
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=[HOST, "localhost"])

    @app.middleware("http")
    async def guard(request: Request, answer: RequestResponseEndpoint) -> Response:
        response = await answer(request)
        response.headers.update(_HEADERS)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    @app.get("/")
    def index() -> Response:
        return Response(part(PAGE), media_type=PARTS[PAGE])

    @app.get("/static/{name}")
    def static(name: str) -> Response:
        if name not in PARTS:
            raise HTTPException(404)
        return Response(part(name), media_type=PARTS[name])

    @app.get("/data/episodes.json")
    def episodes() -> Response:
        return _json(payload.listing(shelf.entries(), title))

    @app.get("/data/{key}.json")
    def episode(key: str) -> Response:
        try:
            return _json(payload.details(shelf.entry(key), shelf.open(key)))
        except KeyError as error:
            raise HTTPException(404, f"no episode {key}") from error
        except ValueError as error:
            raise HTTPException(422, str(error)) from error

    @app.get("/frames/{key}/{number}.png")
    def frame(key: str, number: int) -> Response:
        try:
            picture = shelf.frame(key, number)
        except KeyError as error:
            raise HTTPException(404, f"no screen {number} of an episode {key}") from error
        except ValueError as error:
            raise HTTPException(422, str(error)) from error
        kept = {"Cache-Control": "private, max-age=3600, immutable"}
        return Response(picture, media_type="image/png", headers=kept)

    return app


def serve(app: FastAPI, port: int, ready: Callable[[str], None]) -> None:
    """Serve until the process is interrupted.

    Args:
        app: what `make_app` made.
        port: to listen on, 0 for any that is free.
        ready: is told the address, once it answers there.

    Raises:
        ConfigError: the port is not to be had.
    """
    try:
        listener = socket.create_server((HOST, port))
    except OSError as error:
        raise ConfigError(
            f"cannot listen on port {port}: {error.strerror}; --port 0 takes one that is free"
        ) from error
    with listener:
        ready(f"http://{HOST}:{listener.getsockname()[1]}/")
        config = uvicorn.Config(app, log_level="warning", ws="none", lifespan="off")
        with suppress(KeyboardInterrupt):  # uvicorn ends, then raises what ended it
            uvicorn.Server(config).run(sockets=[listener])


def _json(content: payload.Json) -> Response:
    return Response(payload.to_json(content), media_type="application/json")
