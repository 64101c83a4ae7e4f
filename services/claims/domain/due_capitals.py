"""From an agent's file to the capitals that should stand, each paid once (accord, annexe; rulebook S8, S24)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from kit.period import ONE_DAY, Period
from rules.book import Rules
from rules.vocabulary import Guarantee
from services.claims.domain.agent_file import AgentFile, DatedTerms, insured_of, person_of
from services.claims.domain.capitals import DeathKind
from services.claims.domain.case import Case
from services.claims.domain.proposal import Proposal, ProposedAnnuity, annuity_case, last_paid, version_covering
from services.claims.domain.terms import WHOLE


@dataclass(frozen=True, slots=True)
class ProposedCapital:
    """A case that may give a capital of this guarantee; whether it does is for `decide` to say.

    `rest`: what a death pays of a capital of which an IAD paid a part. `recognition`: of the annuity it depends on.
    """

    guarantee: Guarantee
    version: DatedTerms
    case: Case
    rest: bool = False
    recognition: str | None = None


def propose_capitals(file: AgentFile, proposal: Proposal, rules: Rules) -> tuple[ProposedCapital, ...]:
    """Of each guarantee the first that gives something is due. Raises what `statutory_pay` raises."""
    return (*_of_death(file, proposal, rules), *_of_retirement(file, proposal.annuities))


def _of_death(file: AgentFile, proposal: Proposal, rules: Rules) -> Iterator[ProposedCapital]:
    """The first of IAD and death pays, if the agent was covered on that day: an IAD that pays all extinguishes it.

    Where the accord advances a part on IAD, a death afterwards pays the rest, under the cover of the IAD (S8).
    """
    first = min(file.deaths, key=lambda death: (death.on, death.kind), default=None)
    employment = None if first is None else file.employment_on(first.on)
    if first is None or employment is None:
        return
    kept = _kept_by(file, proposal, first.on)
    covered = first.on if kept is None else kept
    version = version_covering(file, (covered,))
    if version is None:
        return
    first = replace(first, kept=kept)
    given = last_paid(file, employment, version, first.on, rules).given
    if given is not None and Guarantee.DEATH in file.options_on(covered):
        case = Case(
            person=person_of(employment),
            insured=insured_of(employment),
            terms=version.terms,
            reference=given,
            options=frozenset({Guarantee.DEATH}),
            death=first,
        )
        yield ProposedCapital(Guarantee.DEATH, version, case)
        option, died = version.terms.death, max(file.deaths, key=lambda death: (death.on, death.kind))
        if option is not None and option.advance_on_iad < WHOLE and first.kind is DeathKind.IAD and died.on > first.on:
            case = replace(case, death=replace(died, advanced=option.advance_on_iad, kept=kept))
            yield ProposedCapital(Guarantee.DEATH, version, case, rest=True)


def _kept_by(file: AgentFile, proposal: Proposal, on: date) -> date | None:
    """The last day of the first contract that ended while it paid the agent, as it did until the eve of this day.

    Death cover that ran on that day is maintained by that contract, whoever insures the accord afterwards (art. 8).
    """
    for affiliation in file.affiliations:
        paid = sorted(proposal.paid_days(affiliation.agreement), key=lambda days: days.start)
        for last in file.contract_ends.get(affiliation.agreement, ()):
            covered = any(last in days for days in affiliation.covered())
            elected = covered and last < on and Guarantee.DEATH in file.options_on(last)
            if elected and _without_a_gap(paid, Period(last, on - ONE_DAY)):
                return last
    return None


def _without_a_gap(paid: Sequence[Period], days: Period) -> bool:
    """Whether days are all among those paid for, which come in the order of their starts."""
    missing = days.start
    for one in paid:
        if one.start <= missing <= one.last:
            missing = one.last + ONE_DAY if one.end is not None else date.max
    return missing > days.last


def _of_retirement(file: AgentFile, annuities: Sequence[ProposedAnnuity]) -> Iterator[ProposedCapital]:
    """Annuities, the earliest first, whose agent had the option when the risk came."""
    died = next((death for death in file.deaths if death.kind is DeathKind.DEATH), None)
    for annuity in sorted(annuities, key=lambda one: (one.recognition.invalidity.start, one.recognition.id)):
        given = annuity.reference.given
        if given is not None and Guarantee.RETIREMENT_LOSS in _options(file, annuity):
            case = replace(
                annuity_case(file, annuity, given), options=frozenset({Guarantee.RETIREMENT_LOSS}), death=died
            )
            recognised = annuity.recognition.id
            yield ProposedCapital(Guarantee.RETIREMENT_LOSS, annuity.version, case, recognition=recognised)


def _options(file: AgentFile, annuity: ProposedAnnuity) -> frozenset[Guarantee]:
    """The options on the first day that the claim pays for; without a claim, where cover is judged."""
    if annuity.opened_from is not None:
        return file.options_on(annuity.opened_from)
    start = annuity.recognition.invalidity.start
    return file.options_on(start) | file.options_on(start - ONE_DAY)
