"""One decision: its reasons, what it rests on, and the amount that people decide in its place."""

from __future__ import annotations

from typing import Any, Final

from starlette.responses import Response

from gateway.dashboard.api import Answer, Refusal, together
from gateway.dashboard.facts import facts
from gateway.dashboard.names import people, user_names
from gateway.dashboard.pages.claims import OVERRIDING
from gateway.dashboard.pages.payments import amount_of
from gateway.dashboard.security import PREFIX
from gateway.dashboard.visit import Visit

# What a decision is about, as its subject says it before a colon.
CLAIM: Final = "claim"


async def decision(visit: Visit) -> Response:
    """Why a decision says what it says: its tree, its parameters with their sources, what it read."""
    return await _shown(visit)


async def _shown(visit: Visit, error: str = "", status: int = 200) -> Response:
    key = visit.request.path_params["decision"]
    found, trace = await together(visit.api.get(f"/v1/decisions/{key}"), visit.api.get(f"/v1/decisions/{key}/trace"))
    award, authors, rests_on, readings = await together(
        _award(visit, found),
        user_names(visit),
        facts(visit, found),
        visit.api.get(f"/v1/decisions/{key}/alternatives"),
    )
    agent = found["agent"]
    known = await people(visit, {agent} if agent else set())
    return visit.page(
        "decision.html",
        status,
        found=found,
        trace_tree=trace.get("trace", trace),
        award=award,
        waiting=_waiting(award),
        person=known.get(agent),
        facts=rests_on,
        readings=readings,
        me=visit.account.subject.id,
        may_write=visit.may("claims:write"),
        overriding=OVERRIDING,
        authors=authors,
        claim=_about(found)[1] if _about(found)[0] == CLAIM else None,
        error=error,
    )


async def propose(visit: Visit) -> Response:
    """Propose another amount; an empty one is to let the computation count again."""
    fields = await visit.form()
    body = {name: fields.get(name, "") for name in ("reason", "note")}
    body |= {"amount": amount_of(fields["amount"])} if fields.get("amount") else {}
    return await _sent(visit, "proposal", body, fields)


async def approve(visit: Visit) -> Response:
    """Let what somebody else proposed count."""
    return await _sent(visit, "approval", None, await visit.form())


async def _sent(visit: Visit, what: str, body: dict[str, Any] | None, fields: dict[str, str]) -> Response:
    """Send it, then show what now stands; what the API refuses stands at its top."""
    key = visit.request.path_params["decision"]
    found = await visit.api.get(f"/v1/decisions/{key}")
    _, award = _about(found)
    headers = {"if-match": fields.get("version", "")}
    try:
        said = await visit.api.send("PUT", f"/v1/awards/{award}/overrides/{what}", json=body, headers=headers)
    except Refusal as refusal:
        return await _shown(visit, refusal.text, refusal.status)
    if what == "approval":
        return visit.go(f"{PREFIX}/agents/{said['agent']}#annuities")
    return visit.go(f"{PREFIX}/decisions/{key}", done=what)


def _about(found: Answer) -> tuple[str, str]:
    """What kind of thing is decided, and its identifier."""
    kind, _, key = str(found["subject"]).partition(":")
    return kind, key


async def _award(visit: Visit, found: Answer) -> Answer | None:
    """What people said of the annuity or the capital; None of the month of a claim, which has a page of its own."""
    kind, key = _about(found)
    return None if kind == CLAIM else await visit.api.maybe(f"/v1/awards/{key}/overrides")


def _waiting(award: Answer | None) -> dict[str, Any] | None:
    """What another person must approve."""
    last = award["overrides"][-1] if award and award["overrides"] else None
    return last if last and last["approved_by"] is None else None
