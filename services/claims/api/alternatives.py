"""What a decision would be by the other reading of what the sources leave open."""

from __future__ import annotations

from uuid import UUID

from fastapi import Response

from kit.http.auth import requires
from kit.http.route import Rules, Tx, service_router
from kit.http.types import Amount, Answer, DateText
from services.claims.api.decisions import stored
from services.claims.api.parameters import DecisionId
from services.claims.domain.alternatives import Alternative, FigureKind, alternatives
from services.claims.domain.snapshot import read_case

router = service_router(prefix="/v1/decisions", tags=["Décisions"], dependencies=[requires("claims:read")])


class AlternativeSumAnswer(Answer):
    """An amount, and of a capital the day it is due; 0.00: nothing."""

    amount: Amount
    due: DateText | None


class FigureAnswer(Answer):
    """What one amount of the decision is, and what it would be."""

    kind: FigureKind
    now: AlternativeSumAnswer
    otherwise: AlternativeSumAnswer


class AlternativeAnswer(Answer):
    """A sentence that may be read in two ways, of which the accord's terms choose one, and what differs."""

    code: str
    chosen: str
    other: str
    source: str
    stated: bool
    figures: list[FigureAnswer]
    refused: str | None

    @classmethod
    def of(cls, one: Alternative) -> AlternativeAnswer:
        reading = one.reading
        return cls(
            code=reading.code,
            chosen=reading.chosen,
            other=reading.other,
            source=reading.source,
            stated=reading.stated,
            figures=[FigureAnswer.model_validate(figure) for figure in one.figures],
            refused=one.refused,
        )


class AlternativesAnswer(Answer):
    """Those that bear on the decision; `without_effect`: those that were looked at and would leave it as it is."""

    decision: UUID
    alternatives: list[AlternativeAnswer]
    without_effect: list[str]


@router.get(
    "/{decision}/alternatives",
    operation_id="list_decision_alternatives",
    summary="Ce que la décision serait, selon l'autre lecture de ce que les sources laissent ouvert",
)
async def list_decision_alternatives(
    decision: DecisionId, tx: Tx, rules: Rules, response: Response
) -> AlternativesAnswer:
    """Worked out anew from what the decision rested on, by the code that decided it; nothing is written."""
    snapshot = (await stored(tx, decision, response)).snapshot
    case, terms = read_case(snapshot.inputs), snapshot.inputs["terms"]
    seen = alternatives(case, terms, rules.holding(snapshot.rules))
    return AlternativesAnswer(
        decision=decision,
        alternatives=[AlternativeAnswer.of(one) for one in seen.bearing],
        without_effect=list(seen.without_effect),
    )
