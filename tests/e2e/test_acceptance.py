"""The golden cases of the simulations that are open, asked through the gateway with a token, as anyone would."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import httpx
import pytest
import yaml

from tests.golden.cases import OK, Case, difference
from tests.platform import TestPlatform
from tests.postgres import ROOT

GOLDEN = ROOT / "tests" / "golden"


def requests() -> Iterator[Case]:
    """Every golden case that is a request to the platform; others are asked of a domain alone."""
    for path in sorted(GOLDEN.rglob("*.yaml")):
        for raw in yaml.safe_load(path.read_text(encoding="utf-8")):
            if "post" in raw:
                yield Case.of(path.name, raw)


CASES = list(requests())
NOT_OPEN = httpx.codes.NOT_IMPLEMENTED


@pytest.mark.parametrize("path", sorted({case.post for case in CASES}))
async def test_the_gateway_answers_as_the_sources_say(platform: TestPlatform, path: str) -> None:
    asked = [case for case in CASES if case.post == path]
    wrong = await asyncio.to_thread(_wrong, platform, asked)
    assert wrong == []


def _wrong(platform: TestPlatform, cases: list[Case]) -> list[str]:
    """What the platform answers otherwise, a line each. A simulation that is not open says so to every case."""
    with platform.api("demo-hris") as api:
        answers = [(case, api.respond("POST", case.post, json=case.body)) for case in cases]
    if all(answer.status_code == NOT_OPEN for _, answer in answers):
        return [case.name for case, answer in answers if answer.json()["code"] != "simulation_not_open"]
    return [f"{case.name}: {found}" for case, answer in answers if (found := _difference(case, answer))]


def _difference(case: Case, answer: httpx.Response) -> str | None:
    if answer.status_code != case.status:
        return f"status {answer.status_code}: {answer.text[:200]}"
    if case.status != OK and not answer.headers["content-type"].startswith("application/problem+json"):
        return answer.headers["content-type"]
    return difference(case.expect, answer.json())
