"""What a run rested on, as JSON and back: enough to compute any of its lines again, to the same bytes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from kit.money import Money
from kit.period import Month, Period
from kit.rate import Rate
from rules.pay import PayElements
from rules.vocabulary import AffiliationOutcome, Category, Guarantee, Regime
from services.contributions.domain.agent_file import Affiliation, AgentFile, Employment
from services.contributions.domain.base import Status
from services.contributions.domain.cover import Span
from services.contributions.domain.delta import Amounts, Delta, LineKey, Position
from services.contributions.domain.pay_line import PayLine

Document = Mapping[str, Any]
ELEMENTS: Final = ("tib", "nbi", "ri", "sft", "ir", "other", "tpp")


def file_document(file: AgentFile) -> dict[str, Any]:
    """An agent's file as JSON; the same file in another order gives the same document."""
    return {
        "employments": [
            {
                "id": e.id,
                "number": e.number,
                **_dates(e.period),
                "regime": e.status.regime.value,
                "category": e.status.category and e.status.category.value,
            }
            for e in sorted(file.employments, key=lambda e: (e.id, e.period.start))
        ],
        "affiliations": {
            a.agreement: [{**_dates(s.period), "outcome": s.outcome.value} for s in sorted(a.timeline)]
            for a in file.affiliations
        },
        "options": {code.value: [_dates(p) for p in sorted(periods)] for code, periods in file.elections.items()},
        "pay": [
            {
                "month": str(line.month),
                "version": line.version,
                "employment": line.employment,
                "share_of_pay": line.share_of_pay and str(line.share_of_pay.value),
                "gross": _shown(line.gross),
                "paid_in": _shown(line.paid_in),
                **{name: _shown(getattr(line.pay, name)) for name in ELEMENTS},
            }
            for line in sorted(file.pay, key=_order_of_pay)
        ],
    }


def read_file(employer: str, agent: str, document: Document) -> AgentFile:
    """The file again."""
    return AgentFile(
        employer=employer,
        agent=agent,
        employments=tuple(_employment(e) for e in document["employments"]),
        affiliations=tuple(Affiliation(code, read_timeline(t)) for code, t in document["affiliations"].items()),
        elections={
            Guarantee(code): tuple(_period(p) for p in periods) for code, periods in document["options"].items()
        },
        pay=tuple(_pay(line) for line in document["pay"]),
    )


def read_timeline(document: Iterable[Document]) -> tuple[Span, ...]:
    """A timeline as affiliation events carry it: start, end, outcome."""
    return tuple(Span(_period(span), AffiliationOutcome(span["outcome"])) for span in document)


def positions_document(positions: Mapping[LineKey, Position]) -> list[dict[str, Any]]:
    """What was already issued, in the order of lines."""
    ordered = sorted(positions.items(), key=lambda item: item[0].order)
    return [_line(key, p.amounts, p.rate, unresolved=p.unresolved) for key, p in ordered]


def deltas_document(deltas: Iterable[Delta]) -> list[dict[str, Any]]:
    """What a run issued, in the order of lines."""
    ordered = sorted(deltas, key=lambda delta: delta.key.order)
    return [_line(d.key, d.amounts, d.rate, unresolved=d.unresolved) for d in ordered]


def read_positions(document: Iterable[Document]) -> dict[LineKey, Position]:
    """What was already issued, again."""
    return {_key(line): Position(_amounts(line), Rate.parse(line["rate"]), line["unresolved"]) for line in document}


def _line(key: LineKey, amounts: Amounts, rate: Rate, *, unresolved: bool) -> dict[str, Any]:
    return {
        "agent": key.agent,
        "month": str(key.month),
        "agreement": key.agreement,
        "insurer": key.insurer,
        "guarantee": key.guarantee.value,
        "base": str(amounts.base),
        "rate": str(rate.value),
        "amount": str(amounts.amount),
        "employer": str(amounts.employer),
        "agent_share": str(amounts.agent),
        "unresolved": unresolved,
    }


def _shown(value: Money | Month | None) -> str | None:
    return None if value is None else str(value)


def _key(line: Document) -> LineKey:
    return LineKey(
        line["agent"], Month.parse(line["month"]), line["agreement"], line["insurer"], Guarantee(line["guarantee"])
    )


def _amounts(line: Document) -> Amounts:
    return Amounts(*(_money(line[name]) for name in ("base", "amount", "employer", "agent_share")))


def _order_of_pay(line: PayLine) -> tuple[Month, str, Month, int]:
    return line.month, line.employment or "", line.paid_in or line.month, line.version


def _money(text: str) -> Money:
    """A sum may be longer than what a request may hold."""
    return Money.rounded(Decimal(text))


def _employment(document: Document) -> Employment:
    category = document["category"]
    status = Status(Regime(document["regime"]), Category(category) if category else None)
    return Employment(document["id"], _period(document), status, document["number"])


def _pay(document: Document) -> PayLine:
    amounts = {name: _money(document[name]) for name in ELEMENTS if document[name] is not None}
    share, gross, paid_in = document["share_of_pay"], document.get("gross"), document.get("paid_in")
    return PayLine(
        month=Month.parse(document["month"]),
        version=document["version"],
        pay=PayElements(**amounts),
        employment=document["employment"],
        share_of_pay=Rate.parse(share) if share else None,
        gross=_money(gross) if gross else None,
        paid_in=Month.parse(paid_in) if paid_in else None,
    )


def _dates(period: Period) -> dict[str, str | None]:
    return {"start": period.start.isoformat(), "end": period.end.isoformat() if period.end else None}


def _period(document: Document) -> Period:
    end = document["end"]
    return Period(date.fromisoformat(document["start"]), date.fromisoformat(end) if end else None)
