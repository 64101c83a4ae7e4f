"""From an agent's file to the capitals that should stand, each paid once (accord, annexe; rulebook S8, S24)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from kit.period import ONE_DAY
from rules.book import Rules
from rules.vocabulary import Guarantee
from services.claims.domain.agent_file import AgentFile, DatedTerms, insured_of, person_of
from services.claims.domain.capitals import DeathKind
from services.claims.domain.case import Case
from services.claims.domain.proposal import ProposedAnnuity, annuity_case, last_paid, version_covering
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


def propose_capitals(
    file: AgentFile, annuities: Sequence[ProposedAnnuity], rules: Rules
) -> tuple[ProposedCapital, ...]:
    """Of each guarantee the first that gives something is due. Raises what `statutory_pay` raises."""
    return (*_of_death(file, rules), *_of_retirement(file, annuities))


def _of_death(file: AgentFile, rules: Rules) -> Iterator[ProposedCapital]:
    """The first of IAD and death pays, if the agent was covered on that day: an IAD that pays all extinguishes it.

    Where the accord advances a part on IAD, a death afterwards pays the rest, under the cover of the IAD (S8).
    """
    first = min(file.deaths, key=lambda death: (death.on, death.kind), default=None)
    employment = None if first is None else file.employment_on(first.on)
    version = None if first is None else version_covering(file, (first.on,))
    if first is None or employment is None or version is None:
        return
    given, elected = last_paid(file, employment, version, first.on, rules).given, file.options_on(first.on)
    if given is not None and Guarantee.DEATH in elected:
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
        if option is not None and option.advance_on_iad < WHOLE and first.kind is DeathKind.IAD and died is not first:
            case = replace(case, death=replace(died, advanced=option.advance_on_iad))
            yield ProposedCapital(Guarantee.DEATH, version, case, rest=True)


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
