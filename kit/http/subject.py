"""Of whose file an answer is: services tell the door in a header that does not leave the platform, for the audit trail.

A route says it by itself where the request or the answer has a field `agent`; `about` is for the others.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from starlette.responses import Response

HEADER: Final = "relais-agent"
_ID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def about(response: Response, agent: UUID | str) -> None:
    """Whose file this answer is of."""
    response.headers[HEADER] = str(agent)


def name_subject(response: Response, asked: Any, *, answered: bool) -> None:
    """The same, from the body of the request or, when its model has the field, of the answer."""
    agent = _agent_in(asked)
    if agent is None and answered and response.body:
        agent = _agent_in(json.loads(bytes(response.body)))
    if agent is not None:
        response.headers.setdefault(HEADER, agent)


def _agent_in(content: Any) -> str | None:
    """What stands in the field, if it is an id.

    >>> _agent_in({"agent": "12.50"}), _agent_in([]), _agent_in({"agent": "019a2b3c-0000-7000-8000-000000000002"})
    (None, None, '019a2b3c-0000-7000-8000-000000000002')
    """
    found = content.get("agent") if isinstance(content, Mapping) else None
    return found if isinstance(found, str) and _ID.fullmatch(found) else None
