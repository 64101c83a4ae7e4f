"""The map of a day: what is known of who stands under what, cut where it is long, and never more than one may see."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from typing import Any, Final

import pytest

from relais.synthetic.identity import fictitious_siret
from services.agreements.adapters.scheme_document import SchemeDocument
from services.agreements.domain.accord_map import MappedAccord, lots_of, lots_under
from services.agreements.domain.lifecycle import Force, Status
from services.agreements.main import create_app
from tests.postgres import DatabaseFactory
from tests.services.agreements.accord import LRSY, NOW, agreement, raw
from tests.services.agreements.test_api import CITY, OTHER, WRITE, bring_into_force
from tests.services.agreements.test_inheritance import exception
from tests.services.client import Service, running

SCHEME: Final = "pays-de-la-loire-2024"
DAY: Final = date(2026, 6, 1)
MANY: Final = 250
LOT: Final[dict[str, Any]] = {"insurer": "demo-a", "from": "2025-01-01", "to": "2030-12-31"}


@pytest.fixture
async def service(database: DatabaseFactory) -> AsyncIterator[Service]:
    """The real accord in force, with an exception and a lock; a draft of many employers beside it, under no scheme."""
    async with running(create_app, await database("agreements"), NOW) as service:
        await bring_into_force(service)
        others = {
            "siret": "", "name": "", "kind": "COMMUNE", "from": "2025-01-01", "to": "2026-12-31", "assumption": True
        }  # fmt: skip
        many = [{**others, "siret": fictitious_siret(n), "name": f"Commune {n:03}"} for n in range(1000, 1000 + MANY)]
        mine = {**raw(), "agreement": "many", "scheme": None, "insurers": [], "employers": many}
        own = exception() | {"employer": many[-1]["siret"], "to": "2026-12-31"}
        async with service.caller(*WRITE) as staff:
            body = {**mine, "exceptions": [own], "locks": ["guarantees/BASE/benefit"]}
            made = await staff.post("/v1/agreements", json=body)
            assert made.status_code == 201, made.text
        yield service


async def test_a_map_says_what_is_known_and_no_more(service: Service) -> None:
    async with service.caller(*WRITE) as staff:
        found = (await staff.get("/v1/agreements/map", params={"as_of": DAY.isoformat()})).json()
        (scheme,) = found["schemes"]
        *lots, unknown = scheme["lots"]
        assert [(lot["number"], lot["holder"], lot["accords"]) for lot in lots] == [(n, None, 0) for n in range(1, 7)]
        assert [one["lots"] for one in scheme["awards"]] == [3, 3]
        assert (unknown["number"], unknown["accords"], unknown["employers"]) == (None, 1, 4)
        (convention,) = unknown["conventions"]
        assert (convention["lot"], convention["state"], convention["assumption"]) == (None, "RUNNING", True)
        (accord,) = unknown["agreements"]
        assert (accord["agreement"], accord["force"], accord["insured_until"]) == (LRSY, "IN_FORCE", "2030-12-31")
        assert accord["parties"][0]["employer"] == "99985004300012"  # by name
        assert accord["insurers"][0] == {
            "code": "demo-a", "name": "Assureur de démonstration A", "from": "2025-01-01", "to": None,
            "convention": None, "assumption": True,
        }  # fmt: skip
        before = (await staff.get("/v1/agreements/map", params={"as_of": "2024-06-01"})).json()
    (early,) = before["schemes"][0]["lots"][-1]["agreements"]
    assert (early["force"], early["employers"], early["parties"]) == ("FUTURE", 0, [])
    assert before["schemes"][0]["lots"][-1]["conventions"][0]["state"] == "FUTURE"


async def test_a_long_branch_is_cut_and_the_list_has_it_whole(service: Service) -> None:
    async with service.caller(*WRITE) as staff:
        asked: dict[str, Any] = {"as_of": DAY.isoformat(), "each": 10}
        (accord,) = (await staff.get("/v1/agreements/map", params=asked)).json()["alone"]["agreements"]
        assert (accord["employers"], accord["overridden"], len(accord["parties"])) == (MANY, 1, 10)
        # Whoever has terms of its own comes first.
        (override,) = accord["parties"][0]["overrides"]
        assert (override["terms"], override["from"], override["source"]) == (
            ["guarantees/BASE"],
            "2026-01-01",
            "avenant",
        )
        assert (accord["locks"], accord["force"]) == (["guarantees/BASE/benefit"], "NOT_PUBLISHED")
        query: dict[str, Any] = {
            "as_of": DAY.isoformat(),
            "agreement": "many",
            "lot": 0,
            "state": "RUNNING",
            "limit": 200,
        }
        first = (await staff.get("/v1/agreements/parties", params=query)).json()
        rest = (await staff.get("/v1/agreements/parties", params={**query, "cursor": first["next"]})).json()
        rows = [*first["items"], *rest["items"]]
        assert (len(rows), len({row["employer"] for row in rows}), rest["next"]) == (MANY, MANY, None)
        assert {(row["to"], row["state"], row["scheme"]) for row in rows} == {("2026-12-31", "RUNNING", None)}
        for wrong in ({"state": "ENDED"}, {"lot": 3}, {"scheme": SCHEME}, {"employer": CITY}):
            assert (await staff.get("/v1/agreements/parties", params={**query, **wrong})).json()["items"] == []
        assert (await staff.get("/v1/agreements/parties", params={"cursor": "WzFd"})).status_code == 422


async def test_others_accords_are_on_nobodys_map(service: Service) -> None:
    for employer, seen in ((CITY, {LRSY}), (OTHER, set[str]())):
        async with service.caller("agreements:read", employers=[employer]) as caller:
            found = (await caller.get("/v1/agreements/map")).json()
            rows = (await caller.get("/v1/agreements/parties")).json()["items"]
        lots = [*found["schemes"][0]["lots"], found["alone"]]
        assert {one["agreement"] for lot in lots for one in lot["agreements"]} == seen
        assert {row["agreement"] for row in rows} == seen


def test_an_accord_is_under_the_lot_of_its_convention_where_that_is_said() -> None:
    def scheme(*conventions: dict[str, Any]) -> Any:
        return SchemeDocument.model_validate({**raw(SCHEME), "conventions": list(conventions)}).to_domain()

    def accord(changes: dict[str, Any] | None = None) -> MappedAccord:
        one = agreement(changes)
        said = (one.id, one.title, 1, one.scheme, Status.PUBLISHED, Force.IN_FORCE, one.effective, None)
        return MappedAccord(*said, one.insurers, (), (), ())

    alone, two = scheme({**LOT, "lot": 2}), scheme({**LOT, "lot": 2, "id": "two"}, {**LOT, "lot": 5, "id": "five"})
    assert lots_under(accord(), alone, DAY) == {2}
    assert [(lot.number, len(lot.accords)) for lot in lots_of(alone, [accord()], DAY) if lot.accords] == [(2, 1)]
    assert lots_under(accord(), two, DAY) == {None}  # nobody guesses which of the two
    assert lots_under(accord({"/insurers/0/convention": "five"}), two, DAY) == {5}
    taken_over = scheme({**LOT, "lot": 2, "to": "2025-12-31"}, {**LOT, "lot": 5, "from": "2026-01-01"})
    assert (lots_under(accord(), taken_over, date(2025, 6, 1)), lots_under(accord(), taken_over, DAY)) == ({2}, {5})
    assert lots_under(accord({"/insurers": []}), alone, DAY) == {None}
