"""Several conventions of one insurer: told apart, and each with the accords that stand on it (accord art. 8)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any, Final

import httpx
import pytest
from pydantic import ValidationError

from rules.book import RuleBook
from services.agreements.adapters import document_changes
from services.agreements.adapters.scheme_document import SchemeDocument
from services.agreements.domain import cascade
from services.agreements.domain.cascade import EffectKind
from services.agreements.domain.errors import ConventionNotSaid
from services.agreements.domain.scheme import Scheme
from services.agreements.domain.validation import validate
from services.agreements.domain.validity import insured_until
from services.agreements.main import create_app
from tests.postgres import DatabaseFactory
from tests.services.agreements.accord import LRSY, NOW, agreement, changed, document, raw
from tests.services.agreements.test_api import bring_into_force
from tests.services.agreements.test_changes import URL, confirmed
from tests.services.client import Service, running

NAME: Final = "pays-de-la-loire-2024.demo-a.0"
TERM: Final[dict[str, Any]] = {"insurer": "demo-a", "from": "2025-01-01", "to": "2030-12-31", "assumption": True}
SHORT: Final[dict[str, Any]] = {**TERM, "to": "2027-12-31"}
ON: Final = date(2026, 12, 31)


def scheme_of(*conventions: dict[str, Any]) -> SchemeDocument:
    return SchemeDocument.model_validate({**raw("pays-de-la-loire-2024"), "conventions": list(conventions)})


def scheme(*conventions: dict[str, Any]) -> Scheme:
    return scheme_of(*conventions).to_domain()


def codes(changes: dict[str, Any], known: Scheme) -> set[str]:
    return {finding.code for finding in validate(agreement(changes), known, RuleBook.load())}


def test_conventions_whose_lots_nobody_has_published_have_names_of_their_own() -> None:
    """Rulebook S19: three lots went to one holder, which ones is not known."""
    keys = [one.id for one in scheme(TERM, {**TERM, "lot": 2}, TERM, TERM).conventions]
    assert keys == [NAME, "pays-de-la-loire-2024.demo-a.2", f"{NAME}.2", f"{NAME}.3"]


def test_an_end_leaves_the_other_conventions_their_names() -> None:
    before = scheme_of(TERM, TERM, TERM)
    after = document_changes.convention_ended(before, NAME, ON, "x")
    assert [key for key, _ in after.named()] == [key for key, _ in before.named()]
    assert [one.end for _, one in after.named()] == [ON, date(2030, 12, 31), date(2030, 12, 31)]


def test_two_conventions_of_one_name_are_refused() -> None:
    with pytest.raises(ValidationError, match="même identifiant"):
        scheme_of({**TERM, "id": "lot-1"}, {**TERM, "lot": 2, "id": "lot-1"})


def test_an_accord_follows_the_convention_it_names() -> None:
    known = scheme(SHORT, TERM)
    ended, other = known.conventions
    for named, lapses in ((ended.id, True), (other.id, False)):
        accord = agreement({"/insurers/0/convention": named})
        effects = cascade.convention_ends(ended, [accord], ON, known.conventions)
        kinds = {effect.kind for effect in effects}
        assert (EffectKind.AGREEMENT_LAPSES in kinds, EffectKind.CONTRACT_ENDS in kinds) == (lapses, lapses)
        assert insured_until(accord.insurers, known) == (date(2027, 12, 31) if lapses else date(2030, 12, 31))


def test_nobody_guesses_on_which_of_two_conventions_an_accord_stands() -> None:
    """An accord that names none is not made to lapse while its insurer holds another; once it does not, it lapses."""
    known = scheme(SHORT, TERM)
    with pytest.raises(ConventionNotSaid):
        cascade.convention_ends(known.conventions[0], [agreement()], ON, known.conventions)
    follows = scheme(SHORT, {**TERM, "from": "2028-01-01"})
    effects = cascade.convention_ends(follows.conventions[0], [agreement()], ON, follows.conventions)
    assert EffectKind.AGREEMENT_LAPSES in {effect.kind for effect in effects}


def test_the_same_insurer_may_go_on_under_its_next_convention() -> None:
    first = {"code": "demo-a", "name": "A", "from": "2025-01-01", "to": "2027-12-31", "convention": NAME}
    after = {**first, "from": "2028-01-01", "to": None, "convention": f"{NAME}.2"}
    known = scheme(SHORT, {**TERM, "from": "2027-01-01"})
    accord = document({"/insurers": [first, after]})
    assert "convention_not_said" not in codes({"/insurers": [first, after]}, known)
    early = cascade.convention_ends(known.conventions[0], [accord.to_domain()], ON, known.conventions)
    assert EffectKind.AGREEMENT_LAPSES in {effect.kind for effect in early}, "nobody insures 2027"
    cut = document_changes.without_convention(accord, known.conventions[0], ON)
    assert [(one.start, one.end) for one in cut.insurers] == [
        (date(2025, 1, 1), ON),
        (date(2028, 1, 1), None),
    ]


@pytest.mark.parametrize(
    ("named", "conventions", "expected"),
    [
        (None, [TERM], set()),
        (None, [TERM, TERM], {"convention_not_said"}),
        (None, [SHORT, {**TERM, "from": "2028-01-01"}], set()),
        (f"{NAME}.2", [TERM, TERM], set()),
        ("lot-9", [TERM], {"convention_unknown"}),
        ("lot-1", [{**TERM, "insurer": "demo-b", "id": "lot-1"}], {"convention_unknown"}),
    ],
)
def test_what_a_check_says_of_it(named: str | None, conventions: list[dict[str, Any]], expected: set[str]) -> None:
    found = codes({"/insurers/0/convention": named}, scheme(*conventions))
    assert found & {"convention_not_said", "convention_unknown"} == expected


def test_a_document_without_it_is_stored_as_before() -> None:
    assert "convention" not in document().dump()["insurers"][0]


@pytest.fixture
async def service(database: DatabaseFactory) -> AsyncIterator[Service]:
    async with running(create_app, await database("agreements"), NOW) as running_service:
        yield running_service


async def test_the_end_of_one_of_two_conventions_waits_until_the_accord_says_which(
    service: Service, staff: httpx.AsyncClient
) -> None:
    await bring_into_force(service, scheme_of(TERM, TERM).dump())
    service.clock.at += timedelta(minutes=1)
    names = [one["convention"] for one in (await staff.get("/v1/conventions")).json()]
    assert names == [NAME, f"{NAME}.2"]
    body = {"on": ON.isoformat(), "reason": "résiliation"}
    refused = await staff.post(f"/v1/conventions/{NAME}/end", json=body)
    assert (refused.status_code, refused.json()["code"]) == (409, "convention_not_said")
    avenant = {"document": changed({"/insurers/0/convention": NAME}), "from": "2025-01-01", "reason": "lot attribué"}
    await confirmed(staff, f"{URL}/revisions", avenant)
    other = await confirmed(staff, f"/v1/conventions/{NAME}.2/end", body)
    assert ([effect["kind"] for effect in other["effects"]], other["statuses"]) == (["CONVENTION_ENDS"], {})
    made = await confirmed(staff, f"/v1/conventions/{NAME}/end", body)
    assert made["statuses"] == {LRSY: "LAPSED"}


@pytest.mark.parametrize("key", ["lot/1", "lot:1"])
async def test_what_no_address_could_hold_names_nothing(staff: httpx.AsyncClient, key: str) -> None:
    """An accord, a scheme, a convention or an organisation is reached by its name, so it may hold neither / nor :."""
    scheme = {**raw("pays-de-la-loire-2024"), "scheme": key}
    convention = {**raw("pays-de-la-loire-2024"), "conventions": [{**TERM, "id": key}]}
    union = {"kind": "UNION", "code": key, "name": "U", "from": "2025-01-01"}
    for url, body in (
        ("/v1/schemes", scheme),
        ("/v1/schemes", convention),
        ("/v1/agreements", changed({"/agreement": key})),
        ("/v1/organisations", union),
    ):
        answer = await staff.post(url, json=body)
        assert (answer.status_code, answer.json()["code"]) == (422, "validation"), answer.text
