"""Lists page by page, changes by version."""

from __future__ import annotations

import pytest

from kit.http.pagination import encoded
from tests.kit.http.conftest import Sample

SIRET = "73282932000074"


async def fill(sample: Sample, rows: int) -> dict[str, str]:
    headers = sample.issuer.bearer(employers=[SIRET])
    for n in range(rows):
        body = {"employer": SIRET, "text": f"note {n}"}
        answer = await sample.http.post("/v1/notes", json=body, headers=headers | {"idempotency-key": str(n)})
        assert answer.status_code == 201
    return headers


async def test_following_next_shows_every_row_once(sample: Sample) -> None:
    headers = await fill(sample, 7)
    url, texts, pages = "/v1/notes?limit=3", [], 0
    while url:
        answer = await sample.http.get(url, headers=headers)
        texts += [item["text"] for item in answer.json()["items"]]
        link = answer.links.get("next")
        assert (link is None) == (answer.json()["next"] is None)
        url, pages = (link["url"] if link else ""), pages + 1
    assert texts == [f"note {n}" for n in range(7)]
    assert pages == 3


@pytest.mark.parametrize("limit", ["0", "201", "-1", "x", "1e3"])
async def test_the_limit_is_bounded(sample: Sample, limit: str) -> None:
    answer = await sample.http.get("/v1/notes", params={"limit": limit}, headers=sample.issuer.bearer())
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/query/limit")


@pytest.mark.parametrize(
    "cursor", ["é", "a", "!!!!", "W10", "bnVsbA", "W251bGxd", "W1sxXV0", "WyJcdTAwMDAiXQ", "WyJcdWQ4MDAiXQ"]
)
async def test_a_cursor_that_is_not_ours_is_refused(sample: Sample, cursor: str) -> None:
    answer = await sample.http.get("/v1/notes", params={"cursor": cursor}, headers=sample.issuer.bearer())
    assert (answer.status_code, answer.json()["code"]) == (422, "cursor")


async def test_a_cursor_too_long_is_refused(sample: Sample) -> None:
    answer = await sample.http.get("/v1/notes", params={"cursor": encoded(["x" * 500])}, headers=sample.issuer.bearer())
    assert answer.status_code == 422


async def test_a_change_names_the_version_it_changes(sample: Sample) -> None:
    headers = sample.issuer.bearer()
    missing = await sample.http.put("/v1/notes/3", headers=headers)
    assert (missing.status_code, missing.json()["code"]) == (428, "if_match_missing")
    stale = await sample.http.put("/v1/notes/3", headers=headers | {"if-match": '"2"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "version_outdated")
    for none in ('"x"', "3", "*", '"3", "4"'):
        answer = await sample.http.put("/v1/notes/3", headers=headers | {"if-match": none})
        assert (answer.status_code, answer.json()["code"]) == (422, "if_match_invalid")
        assert answer.json()["errors"][0]["pointer"] == "/header/If-Match"
    changed = await sample.http.put("/v1/notes/3", headers=headers | {"if-match": '"3"'})
    assert (changed.status_code, changed.headers["etag"]) == (200, '"4"')
