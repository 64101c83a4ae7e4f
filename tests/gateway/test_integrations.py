"""How exchanges go: what clients asked, how far each has read, what the gateway parked, and its replay."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from gateway.application.activity import ActivityLog
from kit.db.database import Scope
from kit.events.applying import Batch
from kit.events.delivery import Delivery
from kit.ids import new_id
from tests.gateway.conftest import MINE, Door
from tests.gateway.feeding import EPOCH, Producers

GRANT = {"grant_type": "client_credentials"}


async def shown(door: Door, path: str = "", client: str = "staff", **query: Any) -> Any:
    activity: ActivityLog = door.gateway.state.activity
    await activity.flush()
    return await door.http.get(f"/v1/integrations{path}", params=query, headers=await door.bearer(client))


async def test_each_clients_last_call_errors_and_lag_are_seen(door: Door) -> None:
    producers = Producers(door.database.worker)
    await producers.deliver(producers.agreement(), *(producers.statement(f"2026-0{n}") for n in range(1, 5)))
    insurer = await door.bearer("insurer-a")
    cursor = (await door.http.get("/v1/events", params={"limit": 1}, headers=insurer)).json()["next"]
    await door.http.get("/v1/events", params={"after": cursor}, headers=insurer)
    await door.http.get(f"/v1/agents/{new_id()}", headers=await door.bearer("reader"))
    door.upstream.ready = False
    await door.http.get("/v1/webhooks", headers=await door.bearer("reader"))
    await door.http.post("/oauth/token", data=GRANT, auth=("demo-hris", "not the secret"))
    await door.http.post("/oauth/token", data=GRANT, auth=("nobody", "not the secret"))
    answer = (await shown(door)).json()
    found = {one["id"]: one for one in answer["items"]}
    assert "nobody" not in found
    assert {name: one["kind"] for name, one in found.items()}["insurer-a"] == "INSURER"
    assert (found["insurer-a"]["recent"], found["insurer-a"]["attention"]) == (
        {"calls": 2, "refused": 0, "failed": 0},
        [],
    )
    assert (found["insurer-a"]["behind"], found["insurer-b"]["behind"]) == (3, None)
    assert found["insurer-a"]["waiting_since"] == "2026-06-01T12:00:00Z"
    assert found["other-hris"]["called_at"] is None
    failure = found["demo-hris"]["last_failure"]
    assert (failure["status"], failure["operation"]) == (401, "POST /oauth/token")
    refused = found["reader"]["last_failure"]
    assert (refused["status"], refused["operation"]) == (403, "GET /v1/webhooks")
    kinds = {one["kind"]: (one["clients"], one["attention"]) for one in answer["kinds"]}
    assert kinds == {"HRIS": (4, 2), "INSURER": (2, 0), "PLATFORM": (1, 0)}
    to_look_at = (await shown(door, attention=True)).json()["items"]
    assert [(one["id"], one["attention"]) for one in to_look_at] == [
        ("demo-hris", ["REFUSED"]),
        ("reader", ["REFUSED"]),
    ]
    first = (await shown(door, kind="HRIS", limit=1)).json()
    rest = (await shown(door, kind="HRIS", cursor=first["next"])).json()
    assert [one["id"] for one in first["items"] + rest["items"]] == [
        "demo-hris",
        "other-hris",
        "reader",
        "two-employers",
    ]
    detail = (await shown(door, "/insurer-a")).json()
    assert [(one["calls"], one["refused"]) for one in detail["hours"]] == [(2, 0)]
    assert (await shown(door, "/unknown-client")).json()["code"] == "unknown_client"
    assert (await shown(door, client="demo-hris")).json()["code"] == "staff_only"


async def test_what_the_gateway_parked_is_seen_and_replayed(door: Door) -> None:
    database, producers = door.database.worker, Producers(door.database.worker)
    (accords,) = (one for one in _deliveries(door) if one.subscription.name == "agreements")
    whole = producers.agreement("accord-1")
    broken = whole.model_copy(update={"data": {"employer": None}})
    await accords.deliver(Batch(EPOCH, [broken, producers.agreement("accord-1")]))
    headers = await door.bearer("staff")
    state = (await door.http.get("/v1/exchanges/gateway", headers=headers)).json()
    (mine,) = (one for one in state["consumers"] if one["consumer"] == "gateway.agreements")
    assert (mine["parked"], mine["early"], mine["parked_since"] is None) == (2, 0, False)
    parked = (await door.http.get("/v1/exchanges/gateway/parked", params={"limit": 1}, headers=headers)).json()
    assert [(one["key"], one["version"], one["reason"]) for one in parked["items"]] == [("accord-1", 1, "poison")]
    assert "KeyError" in parked["items"][0]["error"]
    next_page = {"cursor": parked["next"]}
    behind = (await door.http.get("/v1/exchanges/gateway/parked", params=next_page, headers=headers)).json()
    assert [(one["version"], one["reason"]) for one in behind["items"]] == [(2, "behind")]

    async def replay(client: str = "staff", **asked: str) -> Any:
        body = {"consumer": mine["consumer"], **asked}
        return await door.http.post("/v1/exchanges/gateway/replays", json=body, headers=await door.bearer(client))

    assert (await replay()).json() == {"applied": 0, "waiting": 2}
    async with database.transaction(Scope.all()) as tx:
        mended = text("UPDATE parked_event SET envelope = CAST(:envelope AS json) WHERE event_id = :id")
        await tx.execute(mended, {"envelope": whole.json_text(), "id": whole.id})
    assert (await replay(topic="psc.agreements.agreement.v1", key="accord-1")).json() == {"applied": 2, "waiting": 0}
    await producers.deliver(producers.statement("2026-01", MINE))
    assert (await replay(consumer="gateway.nobody")).json()["code"] == "unknown_consumer"
    assert (await replay("demo-hris")).json()["code"] == "staff_only"


def _deliveries(door: Door) -> list[Delivery]:
    return list(door.gateway.state.runtime.deliveries.values())
