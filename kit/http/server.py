"""The server of every component: it ends within moments, even while somebody waits for the next event."""

from __future__ import annotations

import socket

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from kit.http.problem import Problem

# How long requests in progress may take to end when the process is told to stop.
GRACE_S = 5
# Longer than the gateway keeps an idle connection (gateway/proxy.py), so that it never writes into a closed one.
KEEP_ALIVE_S = 75


class Protocol(HttpToolsProtocol):
    """What is not even HTTP is answered by a problem as well."""

    def send_400_response(self, msg: str) -> None:
        """Refuse, and close the connection: nobody knows where the next request begins."""
        _ = msg  # uvicorn's own words, in English
        answer = _unreadable().response()
        headers = [*answer.raw_headers, (b"connection", b"close")]
        lines = b"".join(name + b": " + value + b"\r\n" for name, value in headers)
        self.transport.write(STATUS_LINE[answer.status_code] + lines + b"\r\n" + bytes(answer.body))
        self.transport.close()


class Server(uvicorn.Server):
    """uvicorn waits for requests in progress before it closes the application. Long polls are such requests, so they
    are told first: `app.state.long_polls` lists what to call.
    """

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        state = getattr(self.config.app, "state", None)
        for end in getattr(state, "long_polls", ()):
            await end()
        await super().shutdown(sockets)


def server_config(app: ASGIApp, host: str = "127.0.0.1", port: int = 0) -> uvicorn.Config:
    """How every component listens. Nobody's word is taken for where a request comes from; no header names the parts."""
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        http=Protocol,
        access_log=False,
        log_config=None,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=GRACE_S,
    )


def _unreadable() -> Problem:
    return Problem(
        400,
        "malformed_request",
        "Demande illisible",
        "Malformed request",
        detail_fr="La demande n'est pas du HTTP bien formé.",
        detail_en="The request is not well-formed HTTP.",
    )
