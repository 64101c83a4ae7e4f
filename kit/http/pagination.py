"""Pages of a list: an opaque cursor, at most 200 items, `Link: <…>; rel="next"`.

@router.get("/v1/agents")
async def index(request: Request, response: Response, page: Paging, tx: Tx, …) -> Page[AgentAnswer]:
rows = await agents.after(tx, page.after, page.fetch)          # WHERE (id) > (after) ORDER BY id LIMIT fetch
return paged(request, response, page, [AgentAnswer.of(r) for r in rows], lambda a: (a.id,))
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, Generic, TypeVar

from fastapi import Depends, Query, Request, Response

from kit.http.problem import FieldError, Problem
from kit.http.strict_json import UNSTORABLE
from kit.http.types import Answer

MAX_LIMIT: Final = 200
DEFAULT_LIMIT: Final = 50
MAX_CURSOR: Final = 400
MAX_KEY_PARTS: Final = 6
T = TypeVar("T")
KeyPart = str | int


class Page(Answer, Generic[T]):
    """One page. `next` is the cursor of the following one, null on the last."""

    items: list[T]
    next: str | None = None


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page is asked for: at most `limit` items, after the one whose sort key is `after`."""

    limit: int
    after: tuple[KeyPart, ...] | None

    @property
    def fetch(self) -> int:
        """How many rows to read: one more than shown tells whether a page follows."""
        return self.limit + 1

    def start(self, read: Callable[..., T]) -> T | None:
        """What `read` makes of the parts of the sort key; None on the first page. Raises 422 `cursor` when it refuses
        them with a TypeError, ValueError or AttributeError: the cursor is one of another list.

        >>> PageRequest(50, ("2026-01", 2)).start(lambda month, version: (str(month), int(version)))
        ('2026-01', 2)
        """
        if self.after is None:
            return None
        try:
            return read(*self.after)
        except (TypeError, ValueError, AttributeError):
            raise _not_ours() from None


def encoded(key: Sequence[object]) -> str:
    """The cursor of a sort key; UUIDs and dates go as text.

    >>> decoded(encoded(("b", 2)))
    ('b', 2)
    """
    parts = [part if isinstance(part, str | int) else str(part) for part in key]
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def decoded(cursor: str) -> tuple[KeyPart, ...]:
    """The sort key of a cursor. Raises 422 `cursor` when it is not one of ours."""
    try:
        parts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        raise _not_ours() from None
    known = isinstance(parts, list) and 0 < len(parts) <= MAX_KEY_PARTS
    if not known or not all(type(part) in (str, int) for part in parts) or UNSTORABLE.search("".join(map(str, parts))):
        raise _not_ours()
    return tuple(parts)


async def _page_request(
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="Nombre d'éléments au plus.")] = DEFAULT_LIMIT,
    cursor: Annotated[
        str | None, Query(max_length=MAX_CURSOR, description="Curseur de la page, pris de `next`.")
    ] = None,
) -> PageRequest:
    return PageRequest(limit, None if cursor is None else decoded(cursor))


Paging = Annotated[PageRequest, Depends(_page_request)]


def paged(
    request: Request, response: Response, page: PageRequest, items: Sequence[T], key: Callable[[T], Sequence[Any]]
) -> Page[T]:
    """The page shown of the `page.fetch` items read, and its `Link` header when another follows."""
    shown = list(items[: page.limit])
    if len(items) <= page.limit:
        return Page(items=shown)
    cursor = encoded(key(shown[-1]))
    url = request.url.include_query_params(cursor=cursor, limit=page.limit)
    response.headers["link"] = f'<{url.path}?{url.query}>; rel="next"'
    return Page(items=shown, next=cursor)


def _not_ours() -> Problem:
    error = FieldError("/query/cursor", "Curseur inconnu.", "Unknown cursor.", "cursor")
    return Problem(422, "cursor", "Curseur inconnu", "Unknown cursor", errors=[error])
