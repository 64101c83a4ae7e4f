"""Of whose file an answer is: services tell the door in a header that does not leave the platform, for the audit trail.

A route says it by itself where the request or the answer has a field `agent` (or `agent_id`), and of a list where its
items have one; `about` is for the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, get_args
from uuid import UUID

import msgspec
from starlette.responses import Response

HEADER: Final = "relais-agent"
# Pages hold 200 rows, a bulk call 500, a file all agents of an employer; what the door reads of an answer before its
# body is bounded (gateway/connection.py).
MOST: Final = 20_000
_JSON: Final = "application/json"
_FIELDS: Final = ("agent", "agent_id")
_ID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class _Item(msgspec.Struct):
    agent: Any = None
    agent_id: Any = None


class _Answer(_Item):
    items: list[_Item] = []


_ANSWER: Final = msgspec.json.Decoder(_Answer)


def about(response: Response, *agents: UUID | str) -> None:
    """Whose file this answer is of."""
    if agents:
        response.headers[HEADER] = ",".join(str(agent) for agent in agents[:MOST])


def tells_of(model: Any) -> bool:
    """Whether answers of this model, or the items of its lists, say which agent they are of."""
    fields = getattr(model, "model_fields", {})
    if "items" in fields:
        item, *_ = get_args(fields["items"].annotation) or (None,)
        fields = getattr(item, "model_fields", {})
    return any(name in fields for name in _FIELDS)


def name_subject(response: Response, asked: Any, *, answered: bool) -> None:
    """The same, from the body of the request or, when its model `tells_of` agents, of the answer."""
    named = _ids([asked.get("agent")]) if isinstance(asked, Mapping) else []
    if not named and answered and response.headers.get("content-type") == _JSON:
        told = _ANSWER.decode(bytes(response.body))
        named = _ids(value for one in (told, *told.items) for value in (one.agent, one.agent_id))
    if HEADER not in response.headers:
        about(response, *named)


def _ids(values: Iterable[Any]) -> list[str]:
    """Each once, in their order; a field of that name may be an amount.

    >>> _ids(["12.50", None, "019a2b3c-0000-7000-8000-000000000002", "019a2b3c-0000-7000-8000-000000000002"])
    ['019a2b3c-0000-7000-8000-000000000002']
    """
    return list(dict.fromkeys(one for one in values if isinstance(one, str) and _ID.fullmatch(one)))
