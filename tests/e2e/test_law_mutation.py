"""Whatever rule value the demo uses, change it and the demo turns red: nothing it shows is written beforehand.

Each value is another run of the demo: `make test` changes every eighth, `make deep` and `make quality` all of them.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal

import pytest

from relais.demo.play import play
from relais.demo.report import Report
from rules.book import RuleBook, RuleValue
from tests.platform import TestPlatform

PATIENCE_SECONDS = 6.0
EVERY = 1 if os.environ.get("RELAIS_DEPTH") == "deep" else 8


async def failures(platform: TestPlatform, book: RuleBook) -> list[str]:
    """What the demo finds wrong under another law, up to the first."""
    report = Report(lambda _: None, fail_fast=True)
    with platform.book.now_reads(book):
        await asyncio.to_thread(play, platform.gateway, platform.clients, report, patience=PATIENCE_SECONDS)
    return report.failures


@pytest.mark.timeout(7200 if EVERY == 1 else 900)
async def test_every_rule_value_the_demo_uses_turns_it_red(
    platform: TestPlatform, record_property: Callable[[str, object], None]
) -> None:
    law = platform.book.current
    platform.book.asked.clear()
    assert await failures(platform, law) == []
    used = list(platform.book.asked.values())
    assert len(used) > 15
    changed = sorted(used, key=lambda value: value.id)[::EVERY]
    green = [value.id for value in changed if not await turns_red(platform, law, value)]
    record_property("law-mutation", f"{len(changed) - len(green)} of {len(changed)} values, {len(used)} used")
    assert green == []


async def turns_red(platform: TestPlatform, law: RuleBook, value: RuleValue) -> bool:
    for other in otherwise(value, law.rule(value.id).choices):
        try:
            book = law.replacing(value.id, other, value.start)
        except ValueError:
            continue
        if await failures(platform, book):
            return True
    return False


def otherwise(value: RuleValue, choices: Sequence[str]) -> Iterator[str]:
    """The value read otherwise. A threshold that nobody stands at moves until it bites."""
    match value.unit:
        case "rate":
            yield str(value.value + Decimal("0.01"))
            yield str(value.value / 2)
        case "choice":
            yield from (choice for choice in choices if choice != value.text)
        case "date":
            yield (date.fromisoformat(value.text) + timedelta(days=400)).isoformat()
        case "table":
            rows = [dict(row) for row in value.rows]
            yield json.dumps(rows[: len(rows) // 2])
            yield json.dumps(rows[len(rows) // 2 :])
        case "hours/week":
            yield str(value.value + 1)
            yield str(value.value / 2)
        case _:
            yield str(value.value / 10 if value.value % 1 else value.value // 10)
            yield str(value.value + 1)
            yield str(value.value * 10)
