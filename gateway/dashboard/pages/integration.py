"""How the exchanges go: each HR software and insurer, then the platform's own components, and what they parked."""

from __future__ import annotations

from typing import Any, Final

from starlette.responses import Response

from gateway.dashboard.api import Refusal, together
from gateway.dashboard.exports import Column, at_once, exported
from gateway.dashboard.pictures.hours import hours
from gateway.dashboard.security import PREFIX
from gateway.dashboard.visit import Filters, Visit
from kit.http.problem import Problem
from kit.settings import COMPONENTS

SHOWN: Final = 50
PATH: Final = f"{PREFIX}/integration"
KINDS: Final = ("HRIS", "INSURER", "CENTRE", "PLATFORM")
_REFUSED: Final = 422


async def integration(visit: Visit) -> Response:
    """Clients, then components."""
    filters = visit.only("kind", "attention")
    found, exchanges, insurers, theirs = await together(
        visit.api.get("/v1/integrations", limit=SHOWN, cursor=visit.query["cursor"], **_asked(filters)),
        _exchanges(visit),
        visit.api.every("/v1/organisations", kind="INSURER"),
        visit.api.every("/v1/integrations", kind="INSURER"),
    )
    counts = {one["kind"]: one for one in found["kinds"]}
    known = {row["insurer"] for row in theirs}
    return visit.page(
        "integration.html",
        rows=found["items"],
        next=found.get("next"),
        kinds=[(kind, counts[kind]["clients"]) for kind in KINDS if kind in counts],
        clients=sum(one["clients"] for one in found["kinds"]),
        attention=sum(one["attention"] for one in found["kinds"]),
        alone=[one for one in insurers if one["key"] not in known],
        filters=filters,
        exchanges=exchanges,
        parked=sum(one["parked"] for one in exchanges),
        first=next((one["component"] for one in exchanges if one["parked"]), COMPONENTS[0]),
    )


def _asked(filters: Filters) -> dict[str, str]:
    return {**filters, "attention": "true"} if "attention" in filters else filters


async def _exchanges(visit: Visit) -> list[dict[str, Any]]:
    """Each reader of events, with how many it has still to take, or the word of why nobody can say."""
    found = await together(*(visit.api.maybe(f"/v1/exchanges/{name}") for name in COMPONENTS))
    states = {one["component"]: one for one in found if one}
    return [
        {
            **reader,
            "component": name,
            "behind": behind(reader, states.get(reader["producer"])),
            "why": unknown(reader, state, states.get(reader["producer"])),
        }
        for name, state in states.items()
        for reader in state["consumers"]
    ]


def behind(reader: dict[str, Any], producer: dict[str, Any] | None) -> int | None:
    """Positions between a reader and the end of its producer's feed.

    >>> producer = {"epoch": "e", "position": 9}
    >>> behind({"epoch": "e", "position": 7}, producer), behind({"epoch": "d", "position": 7}, producer)
    (2, 9)
    """
    if producer is None or reader["position"] is None:
        return None
    if reader["epoch"] != producer["epoch"]:
        return int(producer["position"])
    return max(0, int(producer["position"]) - int(reader["position"]))


def unknown(reader: dict[str, Any], own: dict[str, Any], producer: dict[str, Any] | None) -> str:
    """The word of why it cannot be told how far behind a reader is.

    >>> feed, told = {"transport": "feed"}, {"position": 9}
    >>> unknown({"position": None}, {"transport": "kafka"}, told), unknown({"position": None}, feed, told)
    ('integration.behind_kafka', 'integration.behind_unread')
    >>> unknown({"position": 7}, feed, None), unknown({"position": 7}, feed, told)
    ('integration.behind_away', '')
    """
    if own["transport"] == "kafka":
        return "integration.behind_kafka"
    if reader["position"] is None:
        return "integration.behind_unread"
    return "" if producer else "integration.behind_away"


async def export(visit: Visit) -> Response:
    """The clients as a file, with the same filters."""
    words = visit.words
    rows = await visit.api.every("/v1/integrations", **_asked(visit.only("kind", "attention")))
    columns = [
        Column("integration.client", lambda row: row["id"]),
        Column("account.name", lambda row: row["name"]),
        Column("integration.kind", lambda row: words.of("client_kind", row["kind"])),
        Column("agreements.insurer", lambda row: row["insurer"] or ""),
        Column("integration.last_call", lambda row: row["called_at"] or ""),
        *(
            Column(f"integration.{name}", lambda row, name=name: str(row["recent"][name]))  # type: ignore[misc]  # bound as it is made
            for name in ("calls", "refused", "failed")
        ),
        Column("integration.behind", lambda row: "" if row["behind"] is None else str(row["behind"])),
        Column("integration.waiting_since", lambda row: row["waiting_since"] or ""),
        Column("integration.webhooks", lambda row: str(row["webhooks"])),
        Column("runs.attention", lambda row: ", ".join(words.of("integration_attention", c) for c in row["attention"])),
    ]
    return await exported(visit, "integration", columns, at_once(rows))


async def client(visit: Visit) -> Response:
    """One client: hours, last failure, webhooks."""
    return await _client(visit)


async def _client(visit: Visit, error: str = "", status: int = 200) -> Response:
    key = visit.request.path_params["client"]
    found, posted = await together(visit.api.get(f"/v1/integrations/{key}"), visit.api.every("/v1/webhooks"))
    return visit.page(
        "integration_client.html",
        status,
        client=found,
        bars=hours(found["hours"], visit.request.app.state.clock.instant()),
        webhooks=[one for one in posted if one["client"] == key],
        may_replay=visit.may("webhooks:write", "events:read"),
        error=error,
    )


async def replay_webhook(visit: Visit) -> Response:
    """Post again from where it stopped, once confirmed."""
    fields = await visit.form()
    key, hook = visit.request.path_params["client"], visit.request.path_params["webhook"]
    if fields.get("confirmed") != "yes":
        return await _client(visit, visit.words.t("runs.confirm_first"), _REFUSED)
    try:
        await visit.api.send("POST", f"/v1/webhooks/{hook}/replays", json={})
    except Refusal as refusal:
        return await _client(visit, refusal.text, refusal.status)
    return visit.go(f"{PATH}/{key}", done="webhook")


async def components(visit: Visit) -> Response:
    """What one component parked, in the order of its keys; a form sent from it tries that again."""
    return await (_replayed(visit) if visit.request.method == "POST" else _parked(visit))


async def _parked(visit: Visit, error: str = "", status: int = 200) -> Response:
    name = _component(visit)
    found, exchanges = await together(
        visit.api.get(f"/v1/exchanges/{name}/parked", limit=SHOWN, cursor=visit.query["cursor"]), _exchanges(visit)
    )
    return visit.page(
        "integration_parked.html",
        status,
        component=name,
        components=[(one, sum(r["parked"] for r in exchanges if r["component"] == one)) for one in COMPONENTS],
        rows=found["items"],
        next=found.get("next"),
        readers=[one for one in exchanges if one["component"] == name and one["parked"]],
        may_replay=visit.may("operations:write"),
        error=error,
    )


def _component(visit: Visit) -> str:
    """Raises 404 for what is no component."""
    name = str(visit.request.path_params["component"])
    if name not in COMPONENTS:
        raise Problem(404, "not_found", "Ressource introuvable", "Not found")
    return name


async def _replayed(visit: Visit) -> Response:
    """Try the events of a reader again, or those of one key, once confirmed."""
    fields = await visit.form()
    name = _component(visit)
    if fields.get("confirmed") != "yes":
        return await _parked(visit, visit.words.t("runs.confirm_first"), _REFUSED)
    body = {what: fields[what] for what in ("consumer", "topic", "key") if fields.get(what)}
    try:
        done = await visit.api.send("POST", f"/v1/exchanges/{name}/replays", json=body)
    except Refusal as refusal:
        return await _parked(visit, refusal.text, refusal.status)
    return visit.go(f"{PATH}/components/{name}", applied=done["applied"], waiting=done["waiting"])


async def export_parked(visit: Visit) -> Response:
    """The list as a file."""
    name, words = _component(visit), visit.words
    rows = await visit.api.every(f"/v1/exchanges/{name}/parked")
    columns = [
        Column("integration.reader", lambda row: row["consumer"]),
        Column("integration.type", lambda row: row["type"]),
        Column("integration.key", lambda row: row["key"]),
        Column("integration.version", lambda row: str(row["version"])),
        Column("integration.why", lambda row: words.of("parked_reason", row["reason"])),
        Column("integration.error", lambda row: row["error"] or ""),
        Column("integration.attempts", lambda row: str(row["attempts"])),
        Column("integration.parked_since", lambda row: row["parked_at"]),
    ]
    return await exported(visit, f"integration-{name}", columns, at_once(rows))
