"""Payments: how each contract stands, what employers paid, a lump sum put on statements, and taken back."""

from __future__ import annotations

from typing import Any, Final

from starlette.responses import Response

from gateway.dashboard.api import Refusal, together
from gateway.dashboard.exports import Column, exported
from gateway.dashboard.names import employer_names, user_names
from gateway.dashboard.security import PREFIX
from gateway.dashboard.visit import Filters, Visit
from kit.ids import new_id

SHOWN: Final = 50
PATH: Final = f"{PREFIX}/payments"
# Statements offered to choose from; the API takes 500.
OFFERED: Final = 60
_CONTRACT: Final = ("employer", "agreement", "insurer")
_PART: Final = "part-"
_REFUSED: Final = 422


async def payments(visit: Visit) -> Response:
    """A page of the list, the newest first."""
    filters = visit.only("employer")
    found, employers = await together(
        visit.api.get("/v1/payments", limit=SHOWN, cursor=visit.query["cursor"], order="newest", **filters),
        employer_names(visit),
    )
    return visit.page(
        "payments.html",
        rows=found["items"],
        next=found.get("next"),
        employers=employers,
        filters=filters,
        may_write=visit.may("contributions:write"),
    )


async def export(visit: Visit) -> Response:
    """The list as a file."""
    rows, names = visit.api.pages("/v1/payments", visit.only("employer")), await employer_names(visit)
    columns = [
        Column("payments.received_on", lambda row: row["received_on"]),
        *_contract_columns(names),
        Column("payments.reference", lambda row: row["reference"]),
        Column("agent.amount", lambda row: row["amount"]),
        Column("payments.unallocated", lambda row: row["unallocated"]),
        Column("payments.cancelled", lambda row: row["cancelled"] or ""),
    ]
    return await exported(visit, "paiements" if visit.words.language == "fr" else "payments", columns, rows)


async def accounts(visit: Visit) -> Response:
    """How each contract stands, and all of them together."""
    filters = visit.only("employer")
    found, employers = await together(
        visit.api.get("/v1/accounts", limit=SHOWN, cursor=visit.query["cursor"], **filters), employer_names(visit)
    )
    return visit.page(
        "accounts.html",
        rows=found["items"],
        totals=found,
        next=found.get("next"),
        employers=employers,
        filters=filters,
        may_write=visit.may("contributions:write"),
    )


async def export_accounts(visit: Visit) -> Response:
    """The contracts as a file."""
    rows, names = visit.api.pages("/v1/accounts", visit.only("employer")), await employer_names(visit)
    figures = [("accounts.issued", "issued"), ("accounts.paid", "paid"), ("payments.unallocated", "unallocated")]
    columns = _contract_columns(names)
    columns += [Column("statements.count", lambda row: str(row["statements"]))]
    for title, name in [*figures, ("accounts.balance", "balance")]:
        columns.append(Column(title, lambda row, name=name: row[name]))  # type: ignore[misc]  # bound as it is made
    return await exported(visit, "comptes" if visit.words.language == "fr" else "accounts", columns, rows)


def _contract_columns(names: dict[str, str]) -> list[Column]:
    return [
        Column("worklist.employer", lambda row: row["employer"]),
        Column("worklist.employer_name", lambda row: names.get(row["employer"], "")),
        Column("simulator.agreement", lambda row: row["agreement"]),
        Column("agreements.insurer", lambda row: row["insurer"] or ""),
    ]


async def new(visit: Visit) -> Response:
    """The form to record what an employer paid on a contract; sent, the payment it made."""
    if visit.request.method != "POST":
        return await _form(visit, {name: visit.query[name] for name in _CONTRACT})
    fields = await visit.form()
    body: dict[str, Any] = {name: fields[name] for name in _CONTRACT if fields.get(name)}
    body |= {name: fields.get(name, "") for name in ("received_on", "reference")}
    body |= {"amount": amount_of(fields.get("amount", "")), **parts_of(fields)}
    headers = {"idempotency-key": fields.get("key", "")}
    try:
        made = await visit.api.send("POST", "/v1/payments", json=body, headers=headers)
    except Refusal as refusal:
        return await _form(visit, fields, refusal)
    return visit.go(f"{PATH}/{made['id']}", done="recorded")


async def _form(visit: Visit, fields: dict[str, str], refusal: Refusal | None = None) -> Response:
    """Without a contract, those to choose from."""
    contract = {name: fields.get(name, "") for name in _CONTRACT}
    chosen = bool(contract["employer"] and contract["agreement"])
    found, employers = await together(
        _owed(visit, contract) if chosen else visit.api.every("/v1/accounts", employer=contract["employer"]),
        employer_names(visit),
    )
    return visit.form_page(
        "payment_new.html",
        refusal,
        contract=contract,
        chosen=chosen,
        rows=found,
        offered=OFFERED,
        employers=employers,
        fields=Filters(fields),
        today=visit.request.app.state.clock.day().isoformat(),
        key=fields.get("key") or str(new_id()),
    )


async def _owed(visit: Visit, contract: dict[str, str]) -> list[dict[str, Any]]:
    """The statements of a contract that are owed for, the oldest first."""
    rows = await visit.api.every("/v1/receivables", employer=contract["employer"])
    mine = [one for one in rows if one["agreement"] == contract["agreement"]]
    return [one for one in mine if (one["insurer"] or "") == contract["insurer"] and not one["left"].startswith("-")]


def amount_of(text: str) -> str:
    """An amount as people write it, as the API reads it.

    >>> amount_of("1 250,5"), amount_of("1250.00 €")
    ('1250.5', '1250.00')
    """
    return "".join(text.replace("€", "").split()).replace(",", ".")


def parts_of(fields: dict[str, str]) -> dict[str, Any]:
    """The statements chosen, with an amount each; nothing where the oldest come first.

    >>> parts_of({"how": "named", "part-7": "12,50", "part-8": ""})
    {'allocations': [{'statement': '7', 'amount': '12.50'}]}
    >>> parts_of({"how": "oldest", "part-7": "12,50"})
    {}
    """
    if fields.get("how") != "named":
        return {}
    given = {name.removeprefix(_PART): amount_of(text) for name, text in fields.items() if name.startswith(_PART)}
    return {"allocations": [{"statement": key, "amount": amount} for key, amount in given.items() if amount]}


async def payment(visit: Visit) -> Response:
    """One payment, what it settles, and what is left of it."""
    return await _one(visit)


async def _one(visit: Visit, fields: dict[str, str] | None = None, refusal: Refusal | None = None) -> Response:
    found = await visit.api.get(f"/v1/payments/{visit.request.path_params['payment']}")
    contract = {name: found[name] or "" for name in _CONTRACT}
    waits = not found["cancelled"] and found["unallocated"] != "0.00"
    numbers, owed, employers = await together(
        visit.api.every("/v1/statements", employer=found["employer"]),
        _owed(visit, contract) if waits else _nothing(),
        employer_names(visit),
    )
    return visit.form_page(
        "payment.html",
        refusal,
        payment=found,
        statements={one["id"]: one for one in numbers},
        rows=owed,
        waits=waits,
        fields=Filters(fields or {}),
        offered=OFFERED,
        employers=employers,
        authors=await user_names(visit),
        may_write=visit.may("contributions:write"),
        key=str(new_id()),
    )


async def _nothing() -> list[dict[str, Any]]:
    return []


async def allocate(visit: Visit) -> Response:
    """Put what is left of it on statements."""
    fields = await visit.form()
    return await _sent(visit, fields, "allocations", parts_of(fields), done="allocated")


async def cancel(visit: Visit) -> Response:
    """It counts no more, for a reason."""
    fields = await visit.form()
    return await _sent(visit, fields, "cancellation", {"reason": fields.get("reason", "")}, done="cancelled")


async def _sent(visit: Visit, fields: dict[str, str], what: str, body: dict[str, Any], *, done: str) -> Response:
    key, headers = visit.request.path_params["payment"], {"idempotency-key": fields.get("key", "")}
    try:
        await visit.api.send("POST", f"/v1/payments/{key}/{what}", json=body, headers=headers)
    except Refusal as refusal:
        return await _one(visit, fields, refusal)
    return visit.go(f"{PATH}/{key}", done=done)
