"""Delegations: what an employer gives, who may use it and how far, and that ending one is felt at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any

import httpx
import pytest

from gateway.adapters.delegations import in_force
from gateway.application.clients import register_client
from gateway.application.sign_in import register_account
from gateway.domain.clients import Client
from gateway.domain.delegations import Delegate
from gateway.local import token
from kit.clock import PARIS, FixedClock, SystemClock
from kit.db.database import Scope
from tests.gateway.conftest import MINE, OTHER, Door
from tests.gateway.test_oauth import claims
from tests.gateway.test_sign_in import PASSWORD, Visitor

TODAY = SystemClock().day()
GIVEN: dict[str, Any] = {
    "employer": MINE,
    "client": "other-hris",
    "scopes": ["agents:read", "pay:read"],
    "from": TODAY.isoformat(),
    "to": (TODAY + timedelta(days=30)).isoformat(),
}


async def give(door: Door, by: str = "demo-hris", **more: Any) -> httpx.Response:
    return await door.http.post("/v1/delegations", json=GIVEN | more, headers=await door.bearer(by))


async def listed(door: Door, by: str, side: str) -> list[Mapping[str, Any]]:
    answer = await door.http.get("/v1/delegations", params={"side": side}, headers=await door.bearer(by))
    found: list[Mapping[str, Any]] = answer.json()["items"]
    return found


async def acts(
    door: Door, token: Mapping[str, str], path: str = "/v1/work-items", method: str = "GET"
) -> tuple[int, str]:
    answer = await door.http.request(method, path, headers={**token, "x-acting-employer": MINE})
    return answer.status_code, answer.json().get("code", "")


async def test_a_delegate_does_what_was_delegated_for_the_employer_it_names_and_no_more(door: Door) -> None:
    before = await door.bearer("other-hris")
    assert await acts(door, before) == (403, "employer_not_yours")
    assert (await give(door)).status_code == 201
    token = await door.bearer("other-hris")
    assert (await acts(door, token))[0] == 200
    assert await acts(door, token, "/v1/events") == (403, "insufficient_scope")  # not delegated
    assert await acts(door, token, "/v1/delegations") == (403, "insufficient_scope")  # nor can it be
    assert await acts(door, await door.bearer("two-employers"), "/v1/events") != (403, "insufficient_scope")
    # Its own employer, as before; and nothing of the other without naming it.
    own = await door.http.get("/v1/work-items", params={"employer": MINE}, headers=token)
    assert (own.status_code, own.json()["code"]) == (403, "employer_not_yours")
    assert await acts(door, await door.bearer("reader")) == (200, "")


async def test_both_sides_see_a_delegation_and_others_do_not(door: Door) -> None:
    made = (await give(door)).json()
    (given,), (received,) = await listed(door, "demo-hris", "given"), await listed(door, "other-hris", "received")
    assert given == received == made
    assert (given["state"], given["given_by"], given["client"]) == ("IN_FORCE", "demo-hris", "other-hris")
    assert await listed(door, "other-hris", "given") == await listed(door, "staff", "received") == []
    assert await listed(door, "two-employers", "received") == []


async def test_ending_one_refuses_the_tokens_that_carry_it(door: Door) -> None:
    made = (await give(door)).json()
    token = await door.bearer("other-hris")
    assert (await acts(door, token))[0] == 200
    path = f"/v1/delegations/{made['id']}"
    assert (await door.http.delete(path, headers=await door.bearer("other-hris"))).status_code == 404
    for _ in range(2):
        assert (await door.http.delete(path, headers=await door.bearer("demo-hris"))).status_code == 204
    await door.gateway.state.revocations.read()
    assert (await door.http.get("/v1/work-items", headers=token)).status_code == 401
    (seen,) = await listed(door, "demo-hris", "given")
    assert (seen["state"], seen["revoked_by"]) == ("REVOKED", "demo-hris")
    async with door.database.worker.transaction(Scope.all()) as tx:
        trail = (await tx.exec_driver_sql("SELECT method, client, status FROM audit_entry WHERE method <> 'GET'")).all()
    assert {("POST", "demo-hris", 201), ("DELETE", "other-hris", 404), ("DELETE", "demo-hris", 204)} <= set(
        map(tuple, trail)
    )


async def test_one_gives_nothing_before_its_first_day_nor_after_its_last(door: Door) -> None:
    assert (await give(door, **{"from": (TODAY + timedelta(days=1)).isoformat()})).json()["state"] == "FORESEEN"
    assert await acts(door, await door.bearer("other-hris")) == (403, "employer_not_yours")
    async with door.database.worker.transaction(Scope.all()) as tx:
        days = [TODAY + timedelta(days=n) for n in (0, 1, 30, 31)]
        found = [len(await in_force(tx, [Delegate("CLIENT", "other-hris")], day, 10)) for day in days]
    assert found == [0, 1, 1, 0]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"department": "44"}, (422, "invalid_delegation")),
        ({"scopes": ["webhooks:write"]}, (422, "invalid_delegation")),
        ({"scopes": ["claims:cause"]}, (422, "invalid_delegation")),
        ({"to": (TODAY - timedelta(days=1)).isoformat()}, (422, "invalid_delegation")),
        ({"to": (TODAY + timedelta(days=9 * 365)).isoformat()}, (422, "invalid_delegation")),
        ({"employer": OTHER}, (403, "employer_not_yours")),
    ],
)
async def test_what_is_no_delegation_is_refused(door: Door, more: dict[str, Any], expected: tuple[int, str]) -> None:
    answer = await give(door, **more)
    assert (answer.status_code, answer.json()["code"]) == expected


async def test_giving_one_tells_nobody_which_clients_there_are(door: Door) -> None:
    answers = [await give(door, client=name) for name in ("two-employers", "nobody", "insurer-a", "staff")]
    assert {answer.status_code for answer in answers} == {201}
    own = {"id", "client", "given_at"}
    assert len({str({k: v for k, v in answer.json().items() if k not in own}) for answer in answers}) == 1
    assert await listed(door, "staff", "received") == []
    staff = await door.http.get("/v1/work-items", headers=await door.bearer("staff") | {"x-acting-employer": MINE})
    assert staff.status_code == 200  # as before: it stands for all
    named = await door.http.get("/v1/events", headers=await door.bearer("insurer-a") | {"x-acting-employer": MINE})
    assert (named.status_code, named.json()["code"]) == (403, "employer_not_yours")


async def test_a_token_does_not_outlive_a_delegation_that_it_carries(door: Door) -> None:
    assert (await give(door)).status_code == 201
    late = FixedClock(datetime.combine(TODAY + timedelta(days=30), time(23, 55), PARIS).astimezone(UTC))
    lives = [claims(await token(door.settings, name, late)) for name in ("other-hris", "two-employers")]
    assert [int(str(one["exp"])) - int(str(one["iat"])) for one in lives] == [300, 600]


async def test_a_second_one_on_the_same_days_is_told_so_and_nobody_delegates_what_he_has_not(door: Door) -> None:
    assert (await give(door)).status_code == 201
    again = await give(door)
    assert (again.status_code, again.json()["code"]) == (409, "delegation_exists")
    later = (TODAY + timedelta(days=31)).isoformat()
    assert (await give(door, **{"from": later, "to": later})).status_code == 201
    async with door.database.worker.transaction(Scope.all()) as tx:
        holder = Client("holder", "RH", frozenset({"delegations:write", "agents:read"}), frozenset({MINE}))
        await register_client(tx, holder, None, SystemClock())
    beyond = await give(door, "holder", client="two-employers")
    assert (beyond.status_code, beyond.json()["code"]) == (403, "scope_beyond_yours")


async def test_a_centres_people_act_for_the_employer_and_go_back(door: Door) -> None:
    scopes = frozenset({"agents:read", "claims:read", "delegations:read"})
    async with door.database.worker.transaction(Scope.all()) as tx:
        person = Client("anne", "Anne", scopes, department="44", assumption=True)
        await register_account(tx, person, "Centre de gestion", PASSWORD, SystemClock())
    assert (await give(door, client=None, department="44")).status_code == 201
    async with httpx.AsyncClient(base_url=door.http.base_url, timeout=20, follow_redirects=True) as http:
        anne = Visitor(http)
        await anne.sign_in()
        acting = await anne.send("/app/delegations?side=received", employer=MINE)  # the list's own form says where
        assert acting.status_code == 405
        begun = await _act(anne, MINE)
        assert f"pour l&#39;employeur {MINE}" in begun.text
        assert "/app/claims" not in begun.text  # claims were not delegated
        assert MINE not in (await _act(anne, OTHER)).text.partition("<main")[2]  # nobody delegated that one
        await _act(anne, MINE)
        assert "/app/claims" in (await _act(anne, "")).text


async def test_a_person_whose_login_is_the_id_of_a_client_has_none_of_its_delegations(door: Door) -> None:
    async with door.database.worker.transaction(Scope.all()) as tx:
        person = Client("other-hris", "Homonyme", frozenset({"agents:read"}), department="44", assumption=True)
        await register_account(tx, person, "Centre de gestion", PASSWORD, SystemClock())
    assert (await give(door)).status_code == 201
    async with httpx.AsyncClient(base_url=door.http.base_url, timeout=20, follow_redirects=True) as http:
        await Visitor(http).send("/app/sign-in", login="other-hris", password=PASSWORD)
        assert MINE not in (await _act(Visitor(http), MINE)).text


async def _act(anne: Visitor, employer: str) -> httpx.Response:
    page = await anne.http.get("/app/account")
    token = page.text.partition('name="csrf" value="')[2].partition('"')[0]
    return await anne.http.post("/app/delegations/acting", data={"csrf": token, "employer": employer})
