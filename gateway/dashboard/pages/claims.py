"""Claims: the list, and one case with its decision, its reasons and the steps a person may take."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any, Final

from starlette.responses import Response

from gateway.dashboard.api import Refusal, together
from gateway.dashboard.claim_state import awaited, stage_of
from gateway.dashboard.exports import Column, exported
from gateway.dashboard.names import Person, employer_names, people, user_names
from gateway.dashboard.pages.payments import amount_of
from gateway.dashboard.security import PREFIX
from gateway.dashboard.visit import Filters, Visit
from kit.ids import new_id

SHOWN: Final = 50
STAGES: Final = ("DETECTED", "DECLARED", "UNDER_REVIEW", "PROPOSED", "APPROVED")
# Which reasons a step may give; the API holds them to it again.
REASONS: Final = {
    "REFUSE": ("NOT_COVERED", "NOT_HALF_PAY", "DOCUMENTS_MISSING", "OUT_OF_TIME", "EXCLUDED_RISK", "INSURER_REFUSED"),
    "CLOSE": ("BACK_TO_WORK", "RIGHTS_ENDED", "RETIRED", "DECEASED"),
    "REOPEN": ("NEW_FACTS", "APPEAL"),
}
OVERRIDING: Final = (
    "PART_REFUSED",
    "INSURER_DECISION",
    "COURT_DECISION",
    "FACTS_NOT_RECORDED",
    "TERMS_READ_OTHERWISE",
)
MONTH: Final = re.compile(r"[0-9]{4}-[0-9]{2}")
# What takes the place of what was there.
_PUT: Final = frozenset({"declaration", "overrides"})
_SENT: Final = {"note": "note", "reason": "reason"}


async def claims(visit: Visit) -> Response:
    """A page of the list."""
    found, employers = await together(
        visit.api.get("/v1/claims", limit=SHOWN, cursor=visit.query["cursor"]), employer_names(visit)
    )
    known = await people(visit, {row["agent"] for row in found["items"]})
    rows = [{**row, "person": known.get(row["agent"])} for row in found["items"]]
    return visit.page("claims.html", rows=rows, next=found.get("next"), employers=employers)


async def export(visit: Visit) -> Response:
    """The list as a file."""
    known: dict[str, Person] = {}

    async def rows() -> AsyncIterator[list[dict[str, Any]]]:
        async for page in visit.api.pages("/v1/claims", {}):
            known.update(await people(visit, {row["agent"] for row in page}))
            yield page

    names = await employer_names(visit)
    columns = [
        Column("claims.from", lambda row: row["opened_from"]),
        Column("worklist.agent", lambda row: known[row["agent"]].name if row["agent"] in known else ""),
        Column("worklist.matricule", lambda row: known[row["agent"]].matricule if row["agent"] in known else ""),
        Column("worklist.employer", lambda row: row["employer"]),
        Column("worklist.employer_name", lambda row: names.get(row["employer"], "")),
        Column("rail.agreements", lambda row: row["agreement"]),
        Column("claims.status", lambda row: visit.words.of("stage", stage_of(row))),
        Column("claims.awaited", lambda row: awaited(row, visit.words)),
    ]
    return await exported(visit, "sinistres" if visit.words.language == "fr" else "claims", columns, rows())


async def claim(visit: Visit) -> Response:
    """The case."""
    return await _case(visit)


async def _case(
    visit: Visit,
    error: str = "",
    status: int = 200,
    *,
    refusing: dict[str, str] | None = None,
    act: str = "",
    sent: dict[str, str] | None = None,
    wrong: dict[str, str] | None = None,
) -> Response:
    """`act` is the form that was refused, `sent` what was typed in it."""
    key = visit.request.path_params["claim"]
    found, file, employers = await together(
        visit.api.get(f"/v1/claims/{key}"), visit.api.get(f"/v1/claims/{key}/file"), employer_names(visit)
    )
    benefits, overrides, payments, known = await together(
        visit.api.every("/v1/benefits", claim=key),
        visit.api.get(f"/v1/claims/{key}/overrides"),
        visit.api.maybe(f"/v1/claims/{key}/payments"),
        people(visit, {found["agent"]}),
    )
    latest = benefits[-1]["decision"] if benefits else None
    why = None if latest is None else await visit.api.maybe(f"/v1/decisions/{latest}/trace")
    state = visit.request.app.state
    today = state.clock.day()
    return visit.page(
        "claim.html",
        status,
        may_write=visit.may("claims:write"),
        key=str(new_id()),
        claim=found,
        file=file,
        etag=file.etag,
        person=known.get(found["agent"]),
        employers=employers,
        benefits=benefits,
        overrides=overrides["overrides"],
        overriding=OVERRIDING,
        refusing=refusing,
        authors=await user_names(visit),
        payments=payments,
        why=None if why is None else why.get("trace", why),
        stages=STAGES,
        reasons=REASONS,
        threshold=state.rules.at("claim.four_eyes.threshold", today).value,
        error=error,
        act=act,
        sent=Filters(sent or {}),
        wrong=wrong or {},
        today=today.isoformat(),
    )


async def step(visit: Visit) -> Response:
    """Take a step on the version that was read. A refusal is said again before it is sent."""
    fields = await visit.form()
    if fields.get("step") == "REFUSE" and fields.get("reason") and not fields.get("sure"):
        return await _case(visit, refusing=fields)
    body = {"step": fields.get("step", "")} | {name: fields[name] for name in _SENT if fields.get(name)}
    return await _sent(visit, fields, "steps", body, {"if-match": fields.get("version", "")})


async def declaration(visit: Visit) -> Response:
    """Declare the claim, or change whom it is paid to."""
    fields = await visit.form()
    body: dict[str, Any] = {"on": fields.get("on", ""), "payee": fields.get("payee", "")}
    if fields.get("iban"):
        body["iban"] = fields["iban"].replace(" ", "")
    return await _sent(visit, fields, "declaration", body)


async def document(visit: Visit) -> Response:
    """Note a document that was received."""
    fields = await visit.form()
    body = {name: fields.get(name, "") for name in ("document", "reference", "received_on")}
    return await _sent(visit, fields, "documents", body)


async def override(visit: Visit) -> Response:
    """Decide another amount for a month; an empty one lets the computation count again."""
    fields = await visit.form()
    body = {name: fields.get(name, "") for name in ("reason", "note")}
    body |= {"guarantee": fields["guarantee"]} if fields.get("guarantee") else {}
    body |= {"amount": amount_of(fields["amount"])} if fields.get("amount") else {}
    month = fields.get("month", "")
    if not MONTH.fullmatch(month):
        return await _case(visit, visit.words.t("problem.form"), 422)
    return await _sent(visit, fields, f"overrides/{month}", body, {"if-match": fields.get("version", "")})


async def insurer_decision(visit: Visit) -> Response:
    """Note what the insurer answered."""
    fields = await visit.form()
    body = {name: fields.get(name, "") for name in ("outcome", "on", "reference")}
    body |= {"reason": fields["reason"]} if fields.get("reason") else {}
    return await _sent(visit, fields, "insurer-decisions", body, _once(fields))


async def payment(visit: Visit) -> Response:
    """Note what the insurer paid for a month."""
    fields = await visit.form()
    body = {name: fields.get(name, "") for name in ("month", "paid_on", "payee", "reference")}
    body["amount"] = amount_of(fields.get("amount", ""))
    return await _sent(visit, fields, "payments", body, _once(fields))


async def payment_review(visit: Visit) -> Response:
    """Note what became of what was paid in excess, in the amount that the page showed."""
    fields = await visit.form()
    body = {name: fields.get(name, "") for name in ("month", "outcome", "amount", "on", "note", "reference")}
    return await _sent(visit, fields, "payment-reviews", body, _once(fields))


def _once(fields: dict[str, str]) -> dict[str, str]:
    return {"idempotency-key": fields.get("key", "")}


async def _sent(
    visit: Visit, fields: dict[str, str], what: str, body: dict[str, Any], headers: dict[str, str] | None = None
) -> Response:
    """Send it, then show the case again; what the API refuses stands at its top and at the fields of that form."""
    act = what.partition("/")[0]
    method = "PUT" if act in _PUT else "POST"
    key = visit.request.path_params["claim"]
    try:
        await visit.api.send(method, f"/v1/claims/{key}/{what}", json=body, headers=headers)
    except Refusal as refusal:
        why, wrong = await _why(visit, refusal), visit.wrong(refusal)
        return await _case(visit, why, refusal.status, act=act, sent=fields, wrong=wrong)
    return visit.go(f"{PREFIX}/claims/{key}", done=what)


async def _why(visit: Visit, refusal: Refusal) -> str:
    """What to tell the person; documents by their names, which the API says by their codes."""
    if refusal.problem.get("code") != "documents_missing":
        return visit.said(refusal)
    file = await visit.api.get(f"/v1/claims/{visit.request.path_params['claim']}/file")
    named = (visit.words.of("document", code) for code in file["missing"])
    return visit.words.t("claim.missing_all", documents=", ".join(named))
