"""Whatever rule value the demo uses, change it and the demo turns red: nothing it shows is written beforehand.

Each value is another run of the demo: `make test` changes an eighth, `make deep` and `make quality` all of them. Which
eighth is drawn from the commit, so that one commit is always tried alike and the next ones try the rest.

A rate must turn the demo red however it is changed: it multiplies an amount that the demo shows. Of any other value one
change that does is enough: what is proven is that the demo reads the value, and a threshold, a cap, a table or a day
moved to where nobody in the demo stands changes nothing, and should not.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal

import pytest

from relais.demo.play import play
from relais.demo.report import Report
from rules.book import RuleBook, RuleValue
from tests.platform import TestPlatform
from tests.postgres import ROOT

PATIENCE_SECONDS = 6.0
# Rates that multiply nothing: from which one on a floor applies, up to which one pay counts.
THRESHOLDS = {"invalidity.cnracl.floor_from_rate", "rafp.cap_share_of_tib"}
# What is read to know whom to remind today of a last day: none of the demo's claims is near one, and it shows none.
REMINDERS = {
    "claim.deadline.notice_days",
    *(f"prescription.{code}.INCAPACITY" for code in ("ASSURANCES", "MUTUALITE", "SECURITE_SOCIALE")),
}
EVERY = 1 if os.environ.get("RELAIS_DEPTH") == "deep" else 8


def turn(law: RuleBook) -> int:
    """Which of the eighths: by the committed tree, or by the law alone where there is no repository."""
    command = ["git", "rev-parse", "HEAD^{tree}"]
    asked = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    return int(asked.stdout.strip() or law.version, 16) % EVERY


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
    used = [value for value in platform.book.asked.values() if value.id not in REMINDERS]
    assert len(used) > 15
    changed = sorted(used, key=lambda value: (value.id, value.start))[turn(law) :: EVERY]
    green = [value.id for value in changed if not await turns_red(platform, law, value)]
    record_property("law-mutation", f"{len(changed) - len(green)} of {len(changed)} values, {len(used)} used")
    assert green == []


async def turns_red(platform: TestPlatform, law: RuleBook, value: RuleValue) -> bool:
    """Whether every other rate does, or one of the other readings of what only bounds."""
    every = value.unit == "rate" and value.id not in THRESHOLDS
    for other in otherwise(value, law.rule(value.id).choices):
        try:
            book = law.replacing(value.id, other, value.start)
        except ValueError:
            continue
        if bool(await failures(platform, book)) is not every:
            return not every
    return every


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
