"""One request, one transaction: committed before the answer leaves, rolled back on any error."""

from __future__ import annotations

import asyncio
import json
from collections import Counter

import pytest
from sqlalchemy import Table, func, select

from kit.db.database import Scope
from tests.kit.db.sample.tables import kit, note
from tests.kit.http.conftest import Sample
from tests.kit.http.sample import Gate

SIRET = "73282932000074"
BODY = {"employer": SIRET, "text": "x"}


async def count(sample: Sample, table: Table = note) -> int:
    async with sample.database.worker.transaction(Scope.all()) as tx:
        return int((await tx.execute(select(func.count()).select_from(table))).scalar_one())


def headers(sample: Sample, key: str = "k1", **claims: object) -> dict[str, str]:
    return sample.issuer.bearer(employers=[SIRET], **claims) | {"idempotency-key": key}


async def test_what_is_answered_is_already_committed(sample: Sample) -> None:
    for n in range(20):
        assert (await sample.http.post("/v1/notes", json=BODY, headers=headers(sample, f"k{n}"))).status_code == 201
        assert await count(sample) == n + 1


async def test_an_error_raised_or_answered_rolls_back(sample: Sample) -> None:
    failed = await sample.http.post("/v1/notes", json=BODY | {"fail": True}, headers=headers(sample))
    assert (failed.status_code, failed.json()["code"]) == (409, "asked_to_fail")
    assert (await sample.http.post("/v1/refused", headers=headers(sample))).status_code == 409
    assert await count(sample) == 0
    assert await count(sample, kit.idempotency_key) == 0


async def test_the_same_key_gives_the_same_answer(sample: Sample) -> None:
    first = await sample.http.post("/v1/notes", json=BODY, headers=headers(sample))
    again = await sample.http.post("/v1/notes", json=BODY, headers=headers(sample))
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["content-type"] == first.headers["content-type"]
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    assert await count(sample) == 1


async def test_the_same_said_in_other_spacing_is_the_same(sample: Sample) -> None:
    first = await sample.http.post("/v1/notes", json=BODY, headers=headers(sample))
    written_anew = json.dumps(dict(reversed(BODY.items())), indent=2)
    typed = headers(sample) | {"content-type": "application/json"}
    again = await sample.http.post("/v1/notes", content=written_anew, headers=typed)
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["idempotency-replayed"] == "true"


async def test_a_key_that_names_somebody_is_refused_before_it_is_stored(sample: Sample) -> None:
    for key in ("295109912611193", "absence 2 95 10 99 126 111 93", "2_95_10_99_126_111_93"):
        refused = await sample.http.post("/v1/notes", json=BODY, headers=headers(sample) | {"idempotency-key": key})
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "nir_in_text")
        assert refused.json()["errors"][0]["pointer"] == "/header/Idempotency-Key"
        assert key not in refused.text
    assert await count(sample, kit.idempotency_key) == 0
    milliseconds = headers(sample) | {"idempotency-key": "1795910400123"}
    assert (await sample.http.post("/v1/notes", json=BODY, headers=milliseconds)).status_code == 201


async def test_a_key_is_required_and_serves_once_per_client(sample: Sample) -> None:
    missing = await sample.http.post("/v1/notes", json=BODY, headers=sample.issuer.bearer(employers=[SIRET]))
    assert (missing.status_code, missing.json()["code"]) == (400, "idempotency_key_missing")
    assert (await sample.http.post("/v1/notes", json=BODY, headers=headers(sample))).status_code == 201
    other = await sample.http.post("/v1/notes", json=BODY | {"text": "y"}, headers=headers(sample))
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    acting = headers(sample) | {"x-acting-employer": SIRET}
    assert (await sample.http.post("/v1/notes", json=BODY, headers=acting)).status_code == 422
    stranger = await sample.http.post("/v1/notes", json=BODY, headers=headers(sample, sub="another"))
    assert stranger.status_code == 201
    too_long = await sample.http.post("/v1/notes", json=BODY, headers=headers(sample, "k" * 129))
    assert too_long.status_code == 422
    assert await count(sample) == 2


async def test_a_key_after_a_failure_may_be_used_again(sample: Sample) -> None:
    await sample.http.post("/v1/notes", json=BODY | {"fail": True}, headers=headers(sample))
    assert (await sample.http.post("/v1/notes", json=BODY, headers=headers(sample))).status_code == 201


async def test_a_second_request_in_flight_is_409(sample: Sample) -> None:
    gate = sample.app.state.gate = Gate()
    first = asyncio.create_task(sample.http.post("/v1/notes", json=BODY, headers=headers(sample)))
    await asyncio.wait_for(gate.arrived.wait(), 5)
    second = await sample.http.post("/v1/notes", json=BODY, headers=headers(sample))
    assert (second.status_code, second.json()["code"]) == (409, "idempotency_in_flight")
    assert second.json()["retry_in"] > 0
    gate.open.set()
    assert (await first).status_code == 201
    replay = await sample.http.post("/v1/notes", json=BODY, headers=headers(sample))
    assert replay.headers["idempotency-replayed"] == "true"


async def test_a_hundred_identical_concurrent_posts_have_one_effect(sample: Sample) -> None:
    answers = await asyncio.gather(
        *(sample.http.post("/v1/notes", json=BODY, headers=headers(sample)) for _ in range(100))
    )
    kinds = Counter(
        "first" if a.status_code == 201 and "idempotency-replayed" not in a.headers else str(a.status_code)
        for a in answers
    )
    assert kinds["first"] == 1
    assert set(kinds) <= {"first", "201", "409"}
    assert {a.content for a in answers if a.status_code == 201} == {
        next(a.content for a in answers if a.status_code == 201)
    }
    assert await count(sample) == 1


async def test_no_connection_is_left_in_a_transaction(sample: Sample) -> None:
    for path, body in (("/v1/notes", BODY), ("/v1/notes", BODY | {"fail": True}), ("/v1/notes", {})):
        await sample.http.post(path, json=body, headers=headers(sample))
    assert sample.app.state.db.engine.pool.checkedout() == 0


@pytest.mark.parametrize("body", [{}, {"employer": "1"}, BODY | {"other": 1}])
async def test_a_refused_body_leaves_nothing(sample: Sample, body: dict[str, object]) -> None:
    assert (await sample.http.post("/v1/notes", json=body, headers=headers(sample))).status_code == 422
    assert await count(sample, kit.idempotency_key) == 0
