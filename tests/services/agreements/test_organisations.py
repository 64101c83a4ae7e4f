"""Organisations: what each kind may say, how they change, and 1 400 employers from a file."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest
from stdnum import luhn

from kit.db.job_runner import JobRunner
from services.agreements.application.import_organisations import KIND, importer
from tests.postgres import ComponentDatabase
from tests.services.agreements.accord import EXAMPLES, NOW, raw
from tests.services.agreements.test_api import CITY, OTHER, WRITE, published
from tests.services.client import Service

CSV = {"content-type": "text/csv"}
EMPLOYERS = 1_400


def siret(number: int) -> str:
    """A valid SIRET that no establishment has."""
    siren = f"9997{number:04d}"
    siren += luhn.calc_check_digit(siren)
    nic = f"{siren}0001"
    return nic + luhn.calc_check_digit(nic)


def file_of(count: int) -> str:
    rows = [f"COMMUNE;{siret(n)};Commune {n};85;oui;{n}" for n in range(count)]
    return "\n".join(["kind;siret;name;departement;affiliated;headcount", *rows]) + "\n"


async def imported(
    staff: httpx.AsyncClient, registry: ComponentDatabase, service: Service, content: str, **query: Any
) -> dict[str, Any]:
    """The job of a file, once a worker has applied it."""
    sent = await staff.post("/v1/organisations/imports", content=content.encode(), headers=CSV, params=query)
    assert sent.status_code == 202, sent.text
    runner = JobRunner(registry.worker, registry.api, {KIND: importer(service.clock)}, service.clock)
    while await runner.step():
        pass
    found: dict[str, Any] = (await staff.get(sent.headers["location"])).json()
    return found


async def test_1400_employers_from_a_file(
    staff: httpx.AsyncClient, registry: ComponentDatabase, service: Service
) -> None:
    job = await imported(staff, registry, service, file_of(EMPLOYERS))
    assert (job["state"], job["lines"], job["accepted"], job["rejected"]) == ("done", EMPLOYERS, EMPLOYERS, 0)
    one = (await staff.get(f"/v1/organisations/{siret(12)}")).json()
    assert (one["kind"], one["affiliated"], one["headcount"], one["departement"]) == ("COMMUNE", True, 12, "85")
    assert len(await published(registry)) == EMPLOYERS


async def test_1400_employers_with_a_reject_in_every_hundred(
    staff: httpx.AsyncClient, registry: ComponentDatabase, service: Service
) -> None:
    """The good lines of a bad file are in; each refused one comes back with its number."""
    lines = file_of(EMPLOYERS).splitlines()
    faulty = range(100, EMPLOYERS + 1, 100)
    for number in faulty:
        lines[number] = lines[number].replace(";85;", ";99;")
    job = await imported(staff, registry, service, "\n".join(lines) + "\n")
    assert (job["state"], job["accepted"], job["rejected"]) == ("done", EMPLOYERS - len(faulty), len(faulty))
    answer = await staff.get(f"/v1/organisations/imports/{job['id']}/rejects")
    refused = [line.split(";")[:2] for line in answer.text.splitlines()[1:]]
    assert refused == [[str(number + 1), "departement"] for number in faulty]


async def test_the_same_file_again_changes_nothing_and_another_changes_what_differs(
    staff: httpx.AsyncClient, registry: ComponentDatabase, service: Service
) -> None:
    await imported(staff, registry, service, file_of(3))
    await imported(staff, registry, service, file_of(3))
    assert len(await published(registry)) == 3
    later = file_of(3).replace("Commune 1", "Commune nouvelle")
    job = await imported(staff, registry, service, later)
    assert (job["accepted"], job["rejected"]) == (3, 0)
    last = (await published(registry))[-1]
    assert (last["type"], last["data"]["name"]) == ("fr.psc.agreements.organisation.changed.v1", "Commune nouvelle")
    assert last["data"]["from"] == NOW.date().isoformat()


async def test_a_dry_run_refuses_the_same_lines_and_keeps_nothing(
    staff: httpx.AsyncClient, registry: ComponentDatabase, service: Service
) -> None:
    content = file_of(2) + "COMMUNE;123;Fausse;85;oui;1\n"
    job = await imported(staff, registry, service, content, dry_run=True)
    assert (job["dry_run"], job["accepted"], job["rejected"]) == (True, 2, 1)
    assert (await staff.get("/v1/organisations")).json()["items"] == []
    assert await published(registry) == []


async def test_refused_lines_come_back_with_their_number_and_reason(
    staff: httpx.AsyncClient, registry: ComponentDatabase, service: Service
) -> None:
    content = "\n".join(
        [
            "kind;siret;name;departement;affiliated;headcount",
            f"COMMUNE;{siret(1)};Bonne;85;oui;3",
            "COMMUNE;99985001900013;Clé fausse;85;;",
            f"COMMUNE;{siret(2)};Bonne aussi;85;peut-être;beaucoup",
            f"COMMUNE;{siret(1)};Deux fois;85;;",
            "COMMUNE;trop court",
            "",
            f"VILLE;{siret(3)};Nature inconnue;99;;",
        ]
    )
    job = await imported(staff, registry, service, content)
    assert (job["lines"], job["accepted"], job["rejected"]) == (7, 2, 5)
    answer = await staff.get(f"/v1/organisations/imports/{job['id']}/rejects")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    lines = [line.split(";")[:3] for line in answer.text.splitlines()]
    assert lines == [
        ["ligne", "champ", "code"],
        ["3", "siret", "siret"],
        ["4", "affiliated", "bool_type"],
        ["4", "headcount", "int_type"],
        ["5", "", "line_twice"],
        ["6", "", "unreadable"],
        ["8", "departement", "string_pattern_mismatch"],
        ["8", "kind", "enum"],
    ]
    assert "beaucoup" not in answer.text


@pytest.mark.parametrize(
    ("content", "kind", "status", "code"),
    [
        (b"siret;name\n", "text/csv", 422, "import_columns"),
        (b"kind;name;surname\n", "text/csv", 422, "import_columns"),
        (b"kind;name;name\n", "text/csv", 422, "import_columns"),
        (b"", "text/csv", 422, "import_columns"),
        (b"\xff\xfe", "text/csv", 422, "import_columns"),
        (b"kind;name\n", "application/octet-stream", 415, "unsupported_media_type"),
        (b"kind;name\n" + b"x" * 70_000, "text/csv", 422, "line_too_long"),
    ],
)
async def test_what_is_no_such_file(
    staff: httpx.AsyncClient, content: bytes, kind: str, status: int, code: str
) -> None:
    refused = await staff.post("/v1/organisations/imports", content=content, headers={"content-type": kind})
    assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert [error["pointer"] for error in refused.json().get("errors", [])] == ([""] if status == 422 else [])


async def test_a_file_with_a_header_only_is_done(
    staff: httpx.AsyncClient, registry: ComponentDatabase, service: Service
) -> None:
    job = await imported(staff, registry, service, "kind,code,name")
    assert (job["state"], job["lines"]) == ("done", 0)


async def test_only_staff_sends_files(service: Service, staff: httpx.AsyncClient) -> None:
    async with service.caller(*WRITE, employers=[CITY], client="hris") as employer:
        refused = await employer.post("/v1/organisations/imports", content=b"kind;name\n", headers=CSV)
    assert (refused.status_code, refused.json()["code"]) == (403, "staff_only")
    unknown = await staff.get("/v1/organisations/imports/01890000-0000-7000-8000-000000000000")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "import_not_found")


async def test_the_example_file_is_accepted(
    staff: httpx.AsyncClient, registry: ComponentDatabase, service: Service
) -> None:
    job = await imported(staff, registry, service, (EXAMPLES / "organisations.csv").read_text(encoding="utf-8"))
    assert (job["accepted"], job["rejected"]) == (2, 0)
    city = (await staff.get(f"/v1/organisations/{CITY}")).json()
    assert (city["affiliated"], city["headcount"], city["assumption"]) == (None, None, True)


async def test_an_organisation_changes_from_a_day_on(staff: httpx.AsyncClient, service: Service) -> None:
    body = {"kind": "COMMUNE", "siret": OTHER, "name": "Avant", "from": "2020-01-01"}
    created = await staff.post("/v1/organisations", json=body)
    change = {"from": "2025-01-01", "reason": "fusion", "name": "Après", "affiliated": True}
    url = f"/v1/organisations/{OTHER}"
    assert (await staff.patch(url, json=change)).status_code == 428
    service.clock.at = NOW + timedelta(minutes=1)
    done = await staff.patch(url, json=change, headers={"if-match": created.headers["etag"]})
    assert (done.status_code, done.json()["name"], done.json()["headcount"]) == (200, "Après", None)
    again = await staff.patch(url, json=change, headers={"if-match": created.headers["etag"]})
    assert (again.status_code, again.json()["code"]) == (412, "version_outdated")

    async def name(**query: str) -> Any:
        answer = await staff.get(url, params=query)
        return answer.json().get("name", answer.status_code)

    assert await name() == "Après"
    assert await name(as_of="2024-12-31") == "Avant"
    assert await name(as_of="2025-06-01") == "Après"
    assert await name(as_of="2025-06-01", known_at=NOW.isoformat()) == "Avant"
    assert await name(as_of="2019-12-31") == 404


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "COMMUNE", "siret": OTHER, "name": "x", "coordinating": True},
        {"kind": "COMMUNE", "siret": OTHER, "name": "x", "legal_code": "MUTUALITE"},
        {"kind": "UNION", "code": "u", "name": "x", "affiliated": True},
        {"kind": "INSURER", "code": "i", "name": "x", "headcount": 3},
        {"kind": "MANAGER", "code": "m", "name": "x", "legal_code": "ASSURANCES"},
        {"kind": "CDG", "code": "cdg99", "name": "x", "departement": "99"},
    ],
)
async def test_what_a_kind_of_organisation_cannot_have(staff: httpx.AsyncClient, body: dict[str, Any]) -> None:
    assert (await staff.post("/v1/organisations", json=body)).status_code == 422


async def test_a_change_keeps_to_what_the_kind_may_have(staff: httpx.AsyncClient) -> None:
    body = {"kind": "UNION", "code": "u", "name": "Syndicat", "from": "2020-01-01"}
    etag = (await staff.post("/v1/organisations", json=body)).headers["etag"]
    change = {"from": "2025-01-01", "reason": "x", "legal_code": "MUTUALITE"}
    refused = await staff.patch("/v1/organisations/u", json=change, headers={"if-match": etag})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/legal_code")


async def test_five_centres_and_one_coordinates(staff: httpx.AsyncClient) -> None:
    """Dossier de presse: Loire-Atlantique coordinates the five centres of the région."""
    for body in raw("organisations")["organisations"]:
        assert (await staff.post("/v1/organisations", json=body)).status_code == 201
    centres = (await staff.get("/v1/organisations", params={"kind": "CDG"})).json()["items"]
    assert [c["departement"] for c in centres] == ["44", "49", "53", "72", "85"]
    assert [c["key"] for c in centres if c["coordinating"]] == ["cdg44"]
