"""A real server on a loopback port, in the test's own event loop."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

from starlette.types import ASGIApp

from kit.http.server import Server, server_config


class _Server(Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals stay pytest's."""
        yield


@asynccontextmanager
async def running(app: ASGIApp, *, port: int = 0) -> AsyncIterator[str]:
    """The application behind HTTP; its base URL. On leaving, it is stopped as by SIGTERM."""
    listener = socket.create_server(("127.0.0.1", port))
    server = _Server(server_config(app))
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        while not server.started:
            if task.done():
                raise RuntimeError("the server did not start") from task.exception()
            await asyncio.sleep(0.005)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task
        listener.close()
