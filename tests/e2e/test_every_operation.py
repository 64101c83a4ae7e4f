"""Every operation answers its example with a success, and nothing near it fails; `pytest -s` lists them.

On the tests' platform only what changes nothing is asked more than its example. `make deep` draws many requests for
every operation, and follows links from one to another, on a platform of its own.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from functools import partial
from typing import Any, Final

from hypothesis import HealthCheck, Phase, given, settings
from requests import RequestException
from schemathesis import Case
from schemathesis.core.failures import FailureGroup

from relais.contracts import FOLDER, OPENAPI
from rules.vocabulary import Regime
from tests.e2e.story import agents, claims, door, pay, protection, registry
from tests.e2e.story.asking import PATIENCE_S, Story
from tests.e2e.story.drawing import near
from tests.e2e.story.following import follow
from tests.platform import TestPlatform, running_platform

CHAPTERS: Final = (registry, agents, claims, pay, door, protection)
DEEP: Final = os.environ.get("RELAIS_DEPTH") == "deep"
# Only what is found counts here, not the smallest request that finds it.
DRAWN: Final = settings(
    max_examples=25 if DEEP else 1,
    stateful_step_count=20,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)

# Who or what an example is about is not on every platform, so a story may name its own; all else works as published.
WHO: Final = {"agent", "agreement", "employer", "id", "insurer", "leave", "login", "matricule", "nir", "siret"}

# What else a story says its own way: proofs of a preview, amounts and days of what it did, another use of a call.
OWN: Final = """
    POST /v1/agents/erasures: override preview
    POST /v1/agreements/{agreement}/resumption: on
    POST /v1/agreements/{agreement}/suspension: on
    POST /v1/claims/erasures: override preview
    POST /v1/claims/takeovers: from
    POST /v1/claims/{claim}/payment-reviews: amount
    POST /v1/contributions/erasures: override preview
    POST /v1/exchanges/agreements/replays: consumer
    POST /v1/exchanges/claims/replays: consumer
    POST /v1/exchanges/contributions/replays: consumer
    POST /v1/exchanges/eligibility/replays: consumer
    POST /v1/exchanges/gateway/replays: consumer
    POST /v1/pay:bulk: month
    POST /v1/payments: reference
    POST /v1/payments/{payment}/allocations: allocations
    POST /v1/runs: dry_run
    PUT /v1/awards/{award}/overrides/proposal: amount
    PUT /v1/dsn/parameters/{employer}/{agreement}/{insurer}/{start}: DEATH
    PUT /v1/ri-maintenance/{employer}: kind
"""

# What of one person's was read or changed, and is not on record as that person's.
UNNAMED: Final = """
    SELECT DISTINCT method, path FROM audit_entry
     WHERE agent IS NULL AND status < 300
       AND (path ~ '^/v1/(claims|decisions|overpayments|contributions)/[0-9a-f-]{36}'
            OR path ~ '^/v1/pay/[0-9]{14}/M1/'
            OR method = 'PUT' AND path ~ '^/v1/claims/(causes|daily-allowances|part-times|temporary-invalidities)$'
            OR method = 'PUT' AND path = '/v1/claims/replacements')
"""

# The example of the document is of nobody; what the story sends is of somebody.
BULK: Final = """
    SELECT count(*) FROM audit_entry
     WHERE path = '/v1/pay:bulk' AND status < 300 AND (agent IS NOT NULL OR agents IS NOT NULL)
"""


async def test_every_operation_answers_and_is_as_documented(
    platform: TestPlatform, record_property: Callable[[str, object], None]
) -> None:
    async with running_platform() if DEEP else nullcontext(platform) as asked:
        story = Story(asked, json.loads((FOLDER / OPENAPI).read_text(encoding="utf-8")))
        failures = await asyncio.to_thread(lambda: list(_looked_at(story)))
        gateway = await asked.postgres.component("gateway")
        unnamed = await gateway.admin.fetch(UNNAMED)
        bulk = await gateway.admin.fetchval(BULK)
    every = set(story.operations())
    for name in sorted(every):
        print(f"{story.answered[name]:>6} {name}")  # noqa: T201 - the list, shown by pytest -s
    figure = f"{len(every)} operations, {sum(story.answered.values())} answers 2xx, {len(failures)} failures"
    record_property("schemathesis", figure)
    assert not failures, "\n\n".join(failures)
    assert [dict(one) for one in unnamed] == [], "whose file was it?"
    assert bulk, "whose pay was sent in bulk?"
    assert {name for name in every if not story.answered[name]} == set()
    fewest = {name: min((said - WHO - {*Regime} for said in told), key=len) for name, told in story.otherwise.items()}
    changed = [f"{name}: {' '.join(sorted(said))}" for name, said in sorted(fewest.items()) if said]
    assert changed == [line.strip() for line in OWN.strip().splitlines()], "an example that does not work as published"


def _looked_at(story: Story) -> Iterator[str]:
    """Tell the story; then ask what is near each of its requests. What fails, operation by operation."""
    for chapter in CHAPTERS:
        chapter.tell(story)
    for name in sorted(story.asked):
        if DEEP or story.changes_nothing(name):
            yield from _failure(partial(_draw, story, name))
    if DEEP:
        yield from _failure(partial(follow, story, DRAWN))


def _draw(story: Story, name: str) -> None:
    @DRAWN
    @given(near(story, name))
    def ask(case: Case[Any]) -> None:
        headers = story.authorisation(name)
        story.hold(case, case.call(base_url=story.platform.gateway, headers=headers, timeout=PATIENCE_S))

    ask()


def _failure(ask: Callable[[], None]) -> Iterator[str]:
    try:
        ask()
    except (FailureGroup, RequestException) as failed:  # each operation has its say
        yield str(failed)
