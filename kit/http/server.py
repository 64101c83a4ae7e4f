"""The server of every component: it ends within moments, even while somebody waits for the next event."""

from __future__ import annotations

import asyncio
import socket
from typing import Any, cast

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from kit.http.problem import Problem

# How long requests in progress may take to end when the process is told to stop.
GRACE_S = 5
# Longer than the gateway keeps an idle connection (gateway/proxy.py), so that it never writes into a closed one.
KEEP_ALIVE_S = 75
# Of one request: its first line and its headers.
MAX_HEAD_BYTES = 65_536
# How long they may take to be whole: a connection costs who opens it nothing. Bodies have a patience of their own.
HEAD_S = 20.0


class Gathering:
    """A transport that sends what is written in one turn of the loop together: the head of an answer and its body."""

    __slots__ = ("_loop", "_transport", "_written")

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport, self._loop = transport, asyncio.get_running_loop()
        self._written: list[bytes] = []

    def write(self, data: bytes) -> None:
        if not self._written:
            self._loop.call_soon(self._flush)
        self._written.append(data)

    def close(self) -> None:
        self._flush()
        self._transport.close()

    def is_closing(self) -> bool:
        return self._transport.is_closing()

    def _flush(self) -> None:
        if self._written:
            written, self._written = self._written, []
            self._transport.writelines(written)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class Protocol(HttpToolsProtocol):
    """What is not even HTTP is answered by a problem as well; so is a head without end, which the parser would keep,
    and one that comes too slowly. Who connects and says nothing is left.
    """

    _head = 0  # bytes since something of a request was whole: its head, a piece of its body, its end
    _hurry: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Each write is a call of the system, and wakes the reader."""
        super().connection_made(cast("asyncio.Transport", Gathering(transport)))
        self._hurry = self.loop.call_later(HEAD_S, self._too_slow)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is waited for any more."""
        self._at_leisure()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on, as long as what is kept of the head of a request is bounded."""
        self._head += len(data)
        super().data_received(data)
        if not self._head:
            if self._hurry is not None:
                self._at_leisure()
        elif self._head > MAX_HEAD_BYTES and not self.transport.is_closing():
            self._refuse(_head_too_large())
        elif self._hurry is None:
            self._hurry = self.loop.call_later(HEAD_S, self._too_slow)

    def on_headers_complete(self) -> None:
        """The head is whole."""
        self._head = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A piece of the body; how large it may become is for the application to say."""
        self._head = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is whole."""
        self._head = 0
        super().on_message_complete()

    def _at_leisure(self) -> None:
        if self._hurry is not None:
            self._hurry.cancel()
            self._hurry = None

    def _too_slow(self) -> None:
        self._hurry = None
        if self.transport.is_closing():
            return
        if self.cycle is not None and not self.cycle.response_complete:  # the answer to the one before is not cut
            self._hurry = self.loop.call_later(HEAD_S, self._too_slow)
        elif self._head:
            self._refuse(_head_too_slow())
        else:
            self.transport.close()

    def send_400_response(self, msg: str) -> None:
        """Refuse what uvicorn cannot read."""
        _ = msg  # uvicorn's own words, in English
        self._refuse(_unreadable())

    def _refuse(self, problem: Problem) -> None:
        """Answer, and close the connection: nobody knows where the next request begins."""
        answer = problem.response()
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


def _head_too_large() -> Problem:
    return Problem(
        431,
        "head_too_large",
        "En-têtes trop longs",
        "Headers too long",
        detail_fr=f"L'adresse et les en-têtes d'une demande tiennent en {MAX_HEAD_BYTES} octets.",
        detail_en=f"The address and the headers of a request fit in {MAX_HEAD_BYTES} bytes.",
    )


def _head_too_slow() -> Problem:
    return Problem(
        408,
        "head_too_slow",
        "En-têtes trop lents",
        "Headers too slow",
        detail_fr=f"L'adresse et les en-têtes d'une demande arrivent en {HEAD_S:.0f} secondes.",
        detail_en=f"The address and the headers of a request come within {HEAD_S:.0f} seconds.",
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
