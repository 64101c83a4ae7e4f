"""`POST /v1/simulations/contributions/what-if`: a month of all employers in scope, under scenarios. Writes nothing."""

from __future__ import annotations

from typing import Annotated, Final, Self

from pydantic import Field

from kit.errors import pointing_at
from kit.http.auth import Principal, requires
from kit.http.route import Rules, Tx, service_router
from kit.http.types import Answer, Code, Flag, MonthText, RateText, Request, Share, SignedAmount, Text, example
from rules.vocabulary import Guarantee
from services.contributions.application.study_region import study_region
from services.contributions.domain.delta import Amounts
from services.contributions.domain.errors import DuplicateGuarantee, RateOfLevelUnknown
from services.contributions.domain.what_if import Change, Outcome, Scenario, WhatIf

router = service_router(prefix="/v1/simulations", tags=["Simulations"])
MAX_SCENARIOS: Final = 10
MAX_AGREEMENTS: Final = 100
# Employers listed; the totals are those of all.
MAX_LISTED: Final = 2_000
CURRENT: Final = Scenario("")


class ChangeRequest(Request):
    """What is supposed of a guarantee. `level`, the part of net pay it maintains, says what a `rate` is supposed for:
    no tariff but the accord's own is published, so a level comes with its rate.
    """

    guarantee: Guarantee
    level: Share | None = None
    rate: RateText | None = None
    employer_share: Share | None = None
    mandatory: Flag = False


class ScenarioRequest(Request):
    """A name, and what is supposed."""

    name: Text
    changes: Annotated[list[ChangeRequest], Field(max_length=len(Guarantee))]

    def scenario(self, place: int) -> Scenario:
        changes: dict[Guarantee, Change] = {}
        for number, one in enumerate(self.changes):
            pointer = f"/scenarios/{place}/changes/{number}"
            if one.guarantee in changes:
                raise DuplicateGuarantee(pointer=f"{pointer}/guarantee")
            if one.level is not None and one.rate is None:
                raise RateOfLevelUnknown(pointer=f"{pointer}/rate")
            changes[one.guarantee] = Change(one.rate, one.employer_share, one.mandatory)
        return Scenario(self.name, changes)


class WhatIfRequest(Request):
    """The month, the accords (all, where left out) and the scenarios."""

    model_config = example(
        {
            "month": "2026-01",
            "scenarios": [
                {"name": "80 % employeur", "changes": [{"guarantee": "BASE", "employer_share": "0.8000"}]},
                {"name": "90 %", "changes": [{"guarantee": "BASE", "level": "0.9000", "rate": "0.0150"}]},
            ],
        }
    )

    month: MonthText
    agreements: Annotated[list[Code] | None, Field(min_length=1, max_length=MAX_AGREEMENTS)] = None
    scenarios: Annotated[list[ScenarioRequest], Field(min_length=1, max_length=MAX_SCENARIOS)]
    by_employer: Flag = False


class SharesAnswer(Answer):
    """A sum of contributions."""

    amount: SignedAmount
    employer: SignedAmount
    agent: SignedAmount


class GuaranteeCostAnswer(SharesAnswer):
    """One guarantee, for `agents` of them."""

    guarantee: Guarantee
    agents: int
    base: SignedAmount


class OutcomeAnswer(Answer):
    """A scenario: its total, and what it adds to the accords as they are."""

    name: str
    total: SharesAnswer
    difference: SharesAnswer
    guarantees: list[GuaranteeCostAnswer]

    @classmethod
    def of(cls, name: str, found: Outcome, current: Outcome) -> Self:
        costs = [(code, found.guarantees[code]) for code in Guarantee if code in found.guarantees]
        return cls(
            name=name,
            total=SharesAnswer.model_validate(found.total),
            difference=SharesAnswer.model_validate(found.total + -current.total),
            guarantees=[
                GuaranteeCostAnswer(
                    guarantee=code,
                    agents=cost.agents,
                    **{name: getattr(cost.amounts, name) for name in ("base", "amount", "employer", "agent")},
                )
                for code, cost in costs
                if cost.agents
            ],
        )


class EmployerCostAnswer(Answer):
    """One employer: as it is, then under each scenario, in their order."""

    siret: str
    current: SharesAnswer
    scenarios: list[SharesAnswer]


class WhatIfAnswer(Answer):
    """`agents` are covered, of `unpriced` of them too little is known. `employers`: the first 2 000, if asked for."""

    agents: int
    unpriced: int
    current: OutcomeAnswer
    scenarios: list[OutcomeAnswer]
    employers: list[EmployerCostAnswer]

    @classmethod
    def of(cls, found: WhatIf, names: list[str], *, by_employer: bool) -> Self:
        current, *others = found.outcomes
        listed = sorted(current.employers)[:MAX_LISTED] if by_employer else []
        return cls(
            agents=found.agents,
            unpriced=found.unpriced,
            current=OutcomeAnswer.of("", current, current),
            scenarios=[OutcomeAnswer.of(name, one, current) for name, one in zip(names, others, strict=True)],
            employers=[
                EmployerCostAnswer(
                    siret=employer,
                    current=_shares(current.employers[employer]),
                    scenarios=[_shares(one.employers[employer]) for one in others],
                )
                for employer in listed
            ],
        )


def _shares(amounts: Amounts) -> SharesAnswer:
    return SharesAnswer.model_validate(amounts)


@router.post(
    "/contributions/what-if",
    operation_id="study_region",
    summary="Coût d'un mois pour tous les employeurs du périmètre, avec d'autres niveaux, taux ou parts",
)
async def what_if(
    body: WhatIfRequest, caller: Annotated[Principal, requires("simulations:run")], tx: Tx, rules: Rules
) -> WhatIfAnswer:
    """Every scenario on the same agents, beside the accords as they are."""
    scenarios = [CURRENT, *(one.scenario(place) for place, one in enumerate(body.scenarios))]
    with pointing_at("/month"):
        found = await study_region(tx, body.month, scenarios, body.agreements, employers=caller.employers, rules=rules)
    return WhatIfAnswer.of(found, [one.name for one in body.scenarios], by_employer=body.by_employer)
