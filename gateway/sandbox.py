"""What a sandbox says of itself: every answer bears a mark, so that no fictitious fact is taken for a real one."""

from __future__ import annotations

from typing import Final

from starlette.types import Message, Send

from kit.http.raw import Header

HEADER: Final = "relais-sandbox"
_MARK: Final[Header] = (HEADER.encode(), b"true")


def marking(send: Send) -> Send:
    """The same, the answer marked."""

    async def marked(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), _MARK]
        await send(message)

    return marked
