"""The server of every component: it ends within moments, even while somebody waits for the next event."""

from __future__ import annotations

import socket

import uvicorn
from starlette.types import ASGIApp

# How long requests in progress may take to end when the process is told to stop.
GRACE_S = 5
# Longer than the gateway keeps an idle connection (gateway/proxy.py), so that it never writes into a closed one.
KEEP_ALIVE_S = 75


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
        access_log=False,
        log_config=None,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=GRACE_S,
    )
