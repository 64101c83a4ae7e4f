"""The registry over HTTP, on a real database: the way of an accord, who sees it, what is refused."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from kit.db.database import Scope
from kit.db.migrate import check
from tests.postgres import ComponentDatabase
from tests.services.agreements.accord import LRSY, NOW, changed, raw
from tests.services.client import Service

CITY, OTHER = "99985001900012", "99985006800019"
WRITE = ("agreements:write", "agreements:read", "organisations:write", "organisations:read")


async def published(database: ComponentDatabase) -> list[dict[str, Any]]:
    """The events written, in order."""
    async with database.worker.transaction(Scope.all()) as tx:
        rows = await tx.execute(text("SELECT envelope FROM outbox ORDER BY serial"))
        return list(rows.scalars())


async def bring_into_force(service: Service, scheme: dict[str, Any] | None = None) -> None:
    async with service.caller(*WRITE) as staff:
        for path, body in (("/v1/schemes", scheme or raw("pays-de-la-loire-2024")), ("/v1/agreements", raw())):
            assert (await staff.post(path, json=body)).status_code == 201
        for step in ("sign", "publish"):
            assert (await staff.post(f"/v1/agreements/{LRSY}/{step}")).status_code == 200


async def test_an_accord_from_its_deposit_to_its_force(service: Service, registry: ComponentDatabase) -> None:
    async with service.caller(*WRITE) as staff:
        await staff.post("/v1/schemes", json=raw("pays-de-la-loire-2024"))
        drafted = await staff.post("/v1/agreements", json=raw())
        assert (drafted.status_code, drafted.json()["status"], drafted.json()["in_force"]) == (201, "DRAFT", False)
        assert {w["code"] for w in drafted.json()["warnings"]} >= {"unresolved", "deadline_before_signature"}
        assert await published(registry) == []
        assert (await staff.post(f"/v1/agreements/{LRSY}/sign")).json()["status"] == "SIGNED"
        final = await staff.post(f"/v1/agreements/{LRSY}/publish")
    assert (final.json()["status"], final.json()["in_force"], final.headers["etag"]) == ("PUBLISHED", True, '"3"')
    (event,) = await published(registry)
    assert (event["type"], event["partitionkey"]) == ("fr.psc.agreements.agreement.published.v1", LRSY)
    assert [r["rate"] for g in event["data"]["guarantees"] for r in g["rates"]] == [
        "0.0205",
        "0.0020",
        "0.0035",
        "0.0025",
    ]


async def test_tables_and_migrations_agree(registry: ComponentDatabase) -> None:
    assert await check(registry.urls["migrator"], "agreements") == []


async def test_an_employer_is_bound_by_one_period_on_a_day(service: Service, registry: ComponentDatabase) -> None:
    await bring_into_force(service)
    twice = "INSERT INTO agreement_employer SELECT gen_random_uuid(), agreement, version, employer, valid "
    with pytest.raises(IntegrityError, match="ex_agreement_employer_party"):
        async with registry.worker.transaction(Scope.all()) as tx:
            await tx.execute(text(f"{twice} FROM agreement_employer"))


async def test_every_step_again_changes_nothing(service: Service, registry: ComponentDatabase) -> None:
    await bring_into_force(service)
    async with service.caller(*WRITE) as staff:
        assert (await staff.post("/v1/schemes", json=raw("pays-de-la-loire-2024"))).status_code == 200
        assert (await staff.post("/v1/agreements", json=raw())).status_code == 200
        assert (await staff.post(f"/v1/agreements/{LRSY}/publish")).json()["status"] == "PUBLISHED"
        late = await staff.post(f"/v1/agreements/{LRSY}/sign")
    assert (late.status_code, late.json()["status"]) == (200, "PUBLISHED")
    assert len(await published(registry)) == 1


async def test_fifty_deposits_at_once_make_one_accord(service: Service, registry: ComponentDatabase) -> None:
    async with service.caller(*WRITE) as staff:
        answers = await asyncio.gather(*(staff.post("/v1/agreements", json=raw()) for _ in range(50)))
    assert sorted(answer.status_code for answer in answers) == [200] * 49 + [201]
    async with registry.worker.transaction(Scope.all()) as tx:
        assert (await tx.execute(text("SELECT count(*) FROM agreement_version"))).scalar_one() == 1


async def test_an_accord_is_not_published_before_it_is_signed(service: Service) -> None:
    async with service.caller(*WRITE) as staff:
        await staff.post("/v1/agreements", json=raw())
        refused = await staff.post(f"/v1/agreements/{LRSY}/publish")
    assert (refused.status_code, refused.json()["code"]) == (409, "illegal_step")


async def test_a_publication_of_the_past_is_recorded_and_what_counts_from_it_does(
    service: Service, registry: ComponentDatabase
) -> None:
    """CGFP L. 226-1, accord art. 6: the notice is due from the publication, whenever it was entered."""
    url = f"/v1/agreements/{LRSY}/publish"
    async with service.caller(*WRITE) as staff:
        for path, body in (("schemes", raw("pays-de-la-loire-2024")), ("agreements", raw())):
            assert (await staff.post(f"/v1/{path}", json=body)).status_code == 201
        unsigned = await staff.post(url, json={"published_on": "2025-02-20"})
        assert (unsigned.status_code, unsigned.json()["code"]) == (409, "illegal_step")
        assert (await staff.post(f"/v1/agreements/{LRSY}/sign")).json()["published_on"] is None
        for day in ("2025-03-11", "2025-02-05"):
            refused = await staff.post(url, json={"published_on": day})
            assert (refused.status_code, refused.json()["code"]) == (422, "publication_day")
            assert [one["pointer"] for one in refused.json()["errors"]] == ["/published_on"]
        done = await staff.post(url, json={"published_on": "2025-02-20"})
        assert (done.status_code, done.json()["published_on"]) == (200, "2025-02-20")
        for again in ({"published_on": "2025-02-20"}, {}, None):
            assert (await staff.post(url, json=again)).json()["published_on"] == "2025-02-20"
        other = await staff.post(url, json={"published_on": "2025-02-21"})
        assert (other.status_code, other.json()["code"]) == (409, "published_already")
        assert other.json()["errors"][0]["detail"] == "Il l'a été le 20/02/2025."
    assert len(await published(registry)) == 1
    async with registry.worker.transaction(Scope.all()) as tx:
        assert (await tx.execute(text("SELECT since FROM notice_due"))).scalar_one().isoformat() == "2025-02-20"


async def test_an_unsigned_document_cannot_be_signed(service: Service) -> None:
    async with service.caller(*WRITE) as staff:
        await staff.post("/v1/agreements", json=changed({"/signature": {}}))
        refused = await staff.post(f"/v1/agreements/{LRSY}/sign")
    assert (refused.status_code, refused.json()["code"]) == (422, "not_signable")
    assert refused.json()["errors"][0]["pointer"] == "/signature/signed_on"


async def test_terms_at_any_date_as_known_at_any_date(service: Service) -> None:
    async with service.caller(*WRITE) as staff:
        await staff.post("/v1/agreements", json=raw())
        service.clock.at = NOW + timedelta(minutes=1)
        await staff.post(f"/v1/agreements/{LRSY}/sign")
        service.clock.at = NOW + timedelta(minutes=2)
        await staff.post(f"/v1/agreements/{LRSY}/publish")

        async def terms(**query: str) -> Any:
            return (await staff.get(f"/v1/agreements/{LRSY}/terms", params=query)).json()

        now = await terms(as_of="2025-01-01")
        assert (now["in_force"], now["insurer"], now["guarantees"][0]["rate"]) == (True, "demo-a", "0.0205")
        before = await terms(as_of="2025-01-01", known_at=(NOW + timedelta(minutes=1)).isoformat())
        assert (before["in_force"], before["status"]) == (False, "SIGNED")
        assert (await terms(as_of="2024-12-31"))["in_force"] is False
        assert (await terms())["as_of"] == NOW.date().isoformat()
        unknown = await staff.get(f"/v1/agreements/{LRSY}/terms", params={"known_at": "2025-01-01T00:00:00Z"})
        assert (unknown.status_code, unknown.json()["code"]) == (404, "agreement_not_found")
        beyond = await staff.get(f"/v1/agreements/{LRSY}/terms", params={"known_at": "9999-12-31T23:59:59-14:00"})
        assert (beyond.status_code, beyond.json()["errors"][0]["pointer"]) == (422, "/query/known_at")


async def test_an_accord_is_seen_by_its_employers_only(service: Service) -> None:
    await bring_into_force(service)
    async with service.caller("agreements:read", employers=[CITY], client="demo-hris") as party:
        assert (await party.get(f"/v1/agreements/{LRSY}")).json()["status"] == "PUBLISHED"
        assert [row["agreement"] for row in (await party.get("/v1/agreements")).json()["items"]] == [LRSY]
    for nobody in ([OTHER], []):
        async with service.caller("agreements:read", employers=nobody, client="other") as stranger:
            assert (await stranger.get(f"/v1/agreements/{LRSY}")).status_code == 404
            assert (await stranger.get(f"/v1/agreements/{LRSY}/terms")).status_code == 404
            assert (await stranger.get("/v1/agreements")).json()["items"] == []


async def test_a_stranger_learns_nothing_of_a_taken_id_and_changes_nothing(service: Service) -> None:
    await bring_into_force(service)
    own = changed({"/employers": [{"siret": OTHER, "name": "Autre", "from": "2025-01-01"}]})
    for index in range(4):
        own["signatories"][index]["side"] = "UNION"
    async with service.caller(*WRITE, employers=[OTHER], client="other") as stranger:
        taken = await stranger.post("/v1/agreements", json=own)
        assert (taken.status_code, taken.json()["code"]) == (409, "already_registered")
        assert (await stranger.post(f"/v1/agreements/{LRSY}/sign")).status_code == 404
        foreign = await stranger.post("/v1/agreements", json=changed({"/agreement": "mine"}))
        assert (foreign.status_code, foreign.json()["code"]) == (403, "employer_not_yours")


async def test_an_employer_acts_for_itself_only(service: Service, registry: ComponentDatabase) -> None:
    """What binds others is for who stands for them, whatever the scopes."""
    async with service.caller(*WRITE) as staff:
        await staff.post("/v1/schemes", json=raw("pays-de-la-loire-2024"))
        await staff.post("/v1/agreements", json=raw())
        for one in raw("organisations")["organisations"]:
            await staff.post("/v1/organisations", json=one)
    told = len(await published(registry))
    change = {"from": "2026-01-01", "name": "Ailleurs", "reason": "essai"}
    async with service.caller(*WRITE, employers=[CITY]) as city:
        for step in ("sign", "publish"):
            refused = await city.post(f"/v1/agreements/{LRSY}/{step}")
            assert (refused.status_code, refused.json()["code"]) == (403, "employer_not_yours")
        scheme = await city.post("/v1/schemes", json=raw("pays-de-la-loire-2024"))
        assert (scheme.status_code, scheme.json()["code"]) == (403, "staff_only")
        other = await city.post("/v1/organisations", json={"siret": OTHER, "kind": "COMMUNE", "name": "Ailleurs"})
        assert (other.status_code, other.json()["code"]) == (403, "employer_not_yours")
        foreign = await city.patch("/v1/organisations/demo-a", json=change, headers={"if-match": '"1"'})
        assert (foreign.status_code, foreign.json()["code"]) == (403, "employer_not_yours")
        own = await city.patch(f"/v1/organisations/{CITY}", json=change, headers={"if-match": '"1"'})
        assert own.status_code == 200, own.text
    assert len(await published(registry)) == told + 1


async def test_nothing_is_seen_without_a_tenant(registry: ComponentDatabase, service: Service) -> None:
    await bring_into_force(service)
    async with registry.api.transaction(Scope.none()) as tx:
        for table in ("agreement", "agreement_version", "agreement_step", "agreement_employer"):
            assert (await tx.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one() == 0


async def test_errors_of_an_accord_come_all_at_once(service: Service) -> None:
    broken = changed({"/guarantees/0/mandatory": False, "/guarantees/0/rates/0/from": "2025-02-01"})
    async with service.caller(*WRITE) as staff:
        refused = await staff.post("/v1/agreements", json=broken)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_agreement")
    assert [(e["code"], e["pointer"]) for e in refused.json()["errors"]] == [
        ("base_not_mandatory", "/guarantees/0/mandatory"),
        ("rate_missing", "/guarantees/0/rates"),
    ]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"/surprise": True}, "/surprise"),
        ({"/employers/1/siret": "12345678901234"}, "/employers/1/siret"),
        ({"/effective/from": "01/01/2025"}, "/effective/from"),
    ],
)
async def test_a_malformed_document_names_its_place(service: Service, change: dict[str, Any], pointer: str) -> None:
    async with service.caller(*WRITE) as staff:
        refused = await staff.post("/v1/agreements", json=changed(change))
    assert refused.status_code == 422
    assert refused.headers["content-type"] == "application/problem+json"
    assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]


async def test_another_document_under_a_taken_id(service: Service) -> None:
    await bring_into_force(service)
    async with service.caller(*WRITE) as staff:
        other = await staff.post("/v1/agreements", json=changed({"/title": "Autre titre"}))
        scheme = raw("pays-de-la-loire-2024") | {"title": "Autre"}
        assert (await staff.post("/v1/schemes", json=scheme)).json()["code"] == "already_registered"
    assert (other.status_code, other.json()["errors"][0]["pointer"]) == (409, "/agreement")


async def test_the_organisations_of_the_demonstration(service: Service, registry: ComponentDatabase) -> None:
    everyone = raw("organisations")["organisations"]
    async with service.caller(*WRITE) as staff:
        for body in everyone:
            assert (await staff.post("/v1/organisations", json=body)).status_code == 201
            assert (await staff.post("/v1/organisations", json=body)).status_code == 200
        listed = (await staff.get("/v1/organisations", params={"limit": 10})).json()
        assert (len(listed["items"]), listed["next"] is None) == (10, False)
        rest = (await staff.get("/v1/organisations", params={"limit": 10, "cursor": listed["next"]})).json()
        assert {o["key"] for o in listed["items"] + rest["items"]} == {b.get("siret") or b["code"] for b in everyone}
        insurers = (await staff.get("/v1/organisations", params={"kind": "INSURER"})).json()["items"]
        assert [(o["key"], o["assumption"], o["legal_code"]) for o in insurers] == [
            ("allianz-vie", False, "ASSURANCES"),
            ("demo-a", True, None),
            ("demo-b", True, None),
            ("territoria", False, "MUTUALITE"),
        ]
        changed_name = await staff.post("/v1/organisations", json=everyone[0] | {"name": "Autre"})
        assert (changed_name.status_code, changed_name.json()["code"]) == (409, "already_registered")
        assert (await staff.get("/v1/organisations/cdg44")).json()["coordinating"] is True
        assert (await staff.get("/v1/organisations/cdg99")).json()["code"] == "organisation_not_found"
    events = await published(registry)
    assert len(events) == len(everyone)
    assert {event["type"] for event in events} == {"fr.psc.agreements.organisation.registered.v1"}


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "COMMUNE", "name": "Sans SIRET"},
        {"kind": "COMMUNE", "name": "Codée", "code": "c"},
        {"kind": "UNION", "name": "Avec SIRET", "siret": CITY},
        {"kind": "UNION", "name": "Sans code"},
        {"kind": "CCAS", "name": "Les deux", "siret": CITY, "code": "c"},
    ],
)
async def test_an_organisation_is_named_once(service: Service, body: dict[str, Any]) -> None:
    async with service.caller(*WRITE) as staff:
        assert (await staff.post("/v1/organisations", json=body)).status_code == 422


async def test_the_scheme_is_read_as_it_was_written(service: Service) -> None:
    async with service.caller(*WRITE) as staff:
        await staff.post("/v1/schemes", json=raw("pays-de-la-loire-2024"))
        read = (await staff.get("/v1/schemes/pays-de-la-loire-2024")).json()
        assert (await staff.get("/v1/schemes/unknown")).json()["code"] == "scheme_not_found"
    assert read["market"] == {"from": "2025-01-01", "to": "2030-12-31"}
    assert [lot["holder"] for lot in read["lots"]] == [None] * 6


async def test_what_is_written_is_never_changed(registry: ComponentDatabase, service: Service) -> None:
    await bring_into_force(service)
    for table in ("agreement_version", "agreement_step", "agreement_employer", "scheme"):
        with pytest.raises(Exception, match="permission denied"):
            async with registry.api.transaction(Scope.all()) as tx:
                await tx.execute(text(f"DELETE FROM {table}"))
