"""The documentation that a person reads is French throughout, whichever service it comes from."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from typing import Any

import httpx

from tests.platform import TestPlatform

# Words that every English sentence has, and no French one.
ENGLISH = re.compile(r"\b(the|of|and|is|with|to|this|that|by|for|successful|error)\b", re.IGNORECASE)


def texts(value: Any, at: str = "") -> Iterator[tuple[str, str]]:
    """What a document says in words, and where."""
    if isinstance(value, dict):
        for name, item in value.items():
            if name in {"summary", "description"} and isinstance(item, str):
                yield f"{at}/{name}", item
            yield from texts(item, f"{at}/{name}")
    elif isinstance(value, list):
        for item in value:
            yield from texts(item, at)


async def test_every_operation_says_in_french_what_it_does(platform: TestPlatform) -> None:
    answer = await asyncio.to_thread(httpx.get, f"{platform.gateway}/openapi.json", trust_env=False)
    document = answer.json()
    operations = {
        f"{method} {path}": operation for path, item in document["paths"].items() for method, operation in item.items()
    }
    assert len(operations) > 60
    unsaid = {name for name, operation in operations.items() if not operation.get("summary")}
    # Where nothing is said, FastAPI makes a summary of the function's name: `index` becomes `Index`.
    named_by_its_code = {
        name
        for name, operation in operations.items()
        if operation["operationId"].endswith("_" + operation["summary"].lower().replace(" ", "_"))
    }
    assert (unsaid, named_by_its_code) == (set(), set())
    assert [(at, text) for at, text in texts(document) if ENGLISH.search(text)] == []


async def test_the_address_alone_leads_there(platform: TestPlatform) -> None:
    answer = await asyncio.to_thread(httpx.get, platform.gateway, follow_redirects=True, trust_env=False)
    assert answer.url.path == "/docs"
    assert '<html lang="fr">' in answer.text
