"""The life of an accord: any sequence of changes leaves it in a state that the law knows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from kit.period import Period
from services.agreements.adapters import document_changes
from services.agreements.adapters.document import AgreementDocument
from services.agreements.domain import cascade
from services.agreements.domain.cascade import EffectKind
from services.agreements.domain.errors import IllegalStep
from services.agreements.domain.lifecycle import LIVING, Force, Status, Step, force, step, suspensions
from services.agreements.domain.structure import structure
from services.agreements.domain.validation import errors
from tests.services.agreements.accord import document, scheme

EFFECT: Final = Period(date(2025, 1, 1))
PUBLISHED: Final = [
    Step(Status.DRAFT, None),
    Step(Status.SIGNED, date(2025, 2, 6)),
    Step(Status.PUBLISHED, EFFECT.start),
]
DAYS: Final = st.dates(date(2025, 1, 1), date(2030, 12, 30))
OUTCOMES: Final = frozenset({Status.DENOUNCED, Status.LAPSED})


class Life(RuleBasedStateMachine):
    """An accord, its steps and its document, through changes in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.steps: list[Step] = [Step(Status.DRAFT, None)]
        self.document: AgreementDocument = document()

    @property
    def status(self) -> Status:
        return self.steps[-1].status

    @rule(wanted=st.sampled_from(Status))
    def only_known_steps_are_taken(self, wanted: Status) -> None:
        """A step that the law does not know changes nothing; a known one is left to the rules below."""
        known = {
            Status.DRAFT: {Status.SIGNED},
            Status.SIGNED: {Status.PUBLISHED},
            Status.PUBLISHED: {Status.SUSPENDED} | OUTCOMES,
            Status.SUSPENDED: {Status.PUBLISHED} | OUTCOMES,
            Status.DENOUNCED: {Status.LAPSED},
            Status.LAPSED: set[Status](),
        }
        try:
            step(self.status, wanted)
        except IllegalStep:
            assert wanted not in known[self.status]
        else:
            assert wanted in known[self.status]

    @precondition(lambda self: self.status in {Status.DRAFT, Status.SIGNED})
    @rule()
    def go_on(self) -> None:
        wanted = Status.SIGNED if self.status is Status.DRAFT else Status.PUBLISHED
        self.steps.append(Step(step(self.status, wanted), EFFECT.start))

    @precondition(lambda self: self.status is Status.PUBLISHED)
    @rule(day=DAYS)
    def suspend(self, day: date) -> None:
        resumed = max((one.on for one in self.steps if one.on is not None), default=EFFECT.start)
        assume(day >= resumed and day in self.document.period)
        self.steps.append(Step(step(self.status, Status.SUSPENDED), day))

    @precondition(lambda self: self.status is Status.SUSPENDED)
    @rule(days=st.integers(1, 400))
    def resume(self, days: int) -> None:
        since = self.steps[-1].on
        assert since is not None
        day = since + timedelta(days=days)
        assume(day in self.document.period)
        self.steps.append(Step(step(self.status, Status.PUBLISHED), day))

    @precondition(lambda self: self.status in LIVING)
    @rule(day=DAYS)
    def denounce(self, day: date) -> None:
        assume(day in self.document.period)
        effects = cascade.denounced(self.document.to_domain(), day)
        self.steps.append(Step(step(self.status, Status.DENOUNCED), day))
        self.document = document_changes.ended(self.document, day)
        assert effects[0].kind is EffectKind.AGREEMENT_DENOUNCED

    @precondition(lambda self: self.status in LIVING)
    @rule(day=DAYS, number=st.integers(0, 3))
    def an_employer_leaves(self, day: date, number: int) -> None:
        siret = document().employers[number].siret
        accord = self.document.to_domain()
        bound = [e for e in accord.employers if e.siret == siret and e.period.start <= day < e.period.last]
        assume(bound and day in accord.effective)
        effects = cascade.employer_leaves(accord, siret, day)
        others = [e for e in accord.employers if e.siret != siret and e.period.last > day]
        assert (EffectKind.AGREEMENT_LAPSES in {effect.kind for effect in effects}) is not bool(others)
        if others:
            self.document = document_changes.without_employer(self.document, siret, day)
        else:
            self._lapse(day)

    @precondition(lambda self: self.status in LIVING | {Status.DENOUNCED})
    @rule(day=DAYS)
    def the_convention_ends(self, day: date) -> None:
        (convention,) = scheme().to_domain().conventions
        effects = cascade.convention_ends(convention, [self.document.to_domain()], day)
        if any(effect.kind is EffectKind.AGREEMENT_LAPSES for effect in effects):
            self._lapse(day)

    def _lapse(self, day: date) -> None:
        self.steps.append(Step(step(self.status, Status.LAPSED), day))
        self.document = document_changes.ended(self.document, day)

    @invariant()
    def a_day_has_one_force_and_an_ended_accord_none(self) -> None:
        for day in (date(2024, 12, 31), EFFECT.start, date(2027, 6, 30), date(2031, 1, 1)):
            found = force(self.steps, self.document.period, day)
            published = any(one.status is Status.PUBLISHED for one in self.steps)
            assert (found is Force.NOT_PUBLISHED) is not published
            if found is Force.IN_FORCE:
                assert day in self.document.period
                assert not any(day in stretch for stretch in suspensions(self.steps))

    @invariant()
    def what_ended_binds_nobody_after_its_last_day(self) -> None:
        if self.status in OUTCOMES:
            last = self.document.effective.end
            assert last is not None
            accord = self.document.to_domain()
            assert all(contract.period.last <= last for contract in cascade.contracts(accord))
            assert force(self.steps, accord.effective, last + timedelta(days=1)) is Force.ENDED

    @invariant()
    def the_document_still_holds_together(self) -> None:
        assert errors(structure(self.document.to_domain())) == []

    @invariant()
    def suspensions_do_not_overlap(self) -> None:
        found = suspensions(self.steps)
        assert all(not a.meets(b) for n, a in enumerate(found) for b in found[n + 1 :])


TestLife = Life.TestCase


def test_published_after_its_effect_it_binds_from_its_effect() -> None:
    """Rulebook S13: the accord is of February and takes effect on 1 January."""
    assert force(PUBLISHED, EFFECT, date(2025, 1, 1)) is Force.IN_FORCE
    assert force(PUBLISHED[:2], EFFECT, date(2025, 3, 1)) is Force.NOT_PUBLISHED
    assert force(PUBLISHED, EFFECT, date(2024, 12, 31)) is Force.FUTURE


def test_a_suspension_runs_until_the_day_before_what_resumes_it() -> None:
    """Accord art. 8."""
    steps = [*PUBLISHED, Step(Status.SUSPENDED, date(2026, 3, 1)), Step(Status.PUBLISHED, date(2026, 6, 1))]
    assert suspensions(steps) == [Period(date(2026, 3, 1), date(2026, 5, 31))]
    assert force(steps, EFFECT, date(2026, 5, 31)) is Force.SUSPENDED
    assert force(steps, EFFECT, date(2026, 6, 1)) is Force.IN_FORCE
    assert force(steps[:-1], EFFECT, date(2031, 1, 1)) is Force.SUSPENDED


def test_another_insurer_from_the_next_day_keeps_the_accord_alive() -> None:
    """Art. 8: the accord lapses because its object disappears; with a following insurer it does not."""
    (convention,) = scheme().to_domain().conventions
    day = date(2026, 12, 31)
    alone = document()
    followed = AgreementDocument.model_validate(
        {
            **alone.dump(),
            "insurers": [
                {"code": "demo-a", "name": "A", "from": "2025-01-01", "to": "2026-12-31"},
                {"code": "demo-b", "name": "B", "from": "2027-01-01"},
            ],
        }
    )
    lapses = cascade.convention_ends(convention, [alone.to_domain()], day)
    assert EffectKind.AGREEMENT_LAPSES in {effect.kind for effect in lapses}
    assert {e.employer for e in lapses if e.kind is EffectKind.CONTRACT_ENDS} == {e.siret for e in alone.employers}
    early = cascade.convention_ends(convention, [followed.to_domain()], date(2026, 6, 30))
    assert EffectKind.AGREEMENT_LAPSES in {effect.kind for effect in early}
    at_term = cascade.convention_ends(convention, [followed.to_domain()], day)
    assert {effect.kind for effect in at_term} == {EffectKind.CONVENTION_ENDS}


def test_an_ended_contract_goes_on_owing() -> None:
    """Art. 8: running annuities are revalued, death cover is maintained, by the contract that ended."""
    effects = cascade.denounced(document().to_domain(), date(2026, 12, 31))
    kept = {(e.kind, e.insurer, e.on) for e in effects if e.kind.name.startswith(("ANNUITIES", "DEATH"))}
    assert kept == {
        (EffectKind.ANNUITIES_REVALUED, "demo-a", date(2027, 1, 1)),
        (EffectKind.DEATH_COVER_KEPT, "demo-a", date(2027, 1, 1)),
    }


def test_an_employer_has_contracts_with_those_who_insure_while_it_is_a_party_and_only_begun_ones_go_on_owing() -> None:
    """Art. 8. demo-a insures until 2026, demo-b after it; the city is a party until 2026, the CCAS from 2027 on."""
    first, after = {"from": "2025-01-01", "to": "2026-12-31"}, {"from": "2027-01-01", "to": None}
    content = document().dump()
    city, both, _, ccas = content["employers"]
    content["employers"] = [{**city, **first}, both, {**ccas, **after}]
    content["insurers"] = [{"code": "demo-a", "name": "A", **first}, {"code": "demo-b", "name": "B", **after}]
    accord = AgreementDocument.model_validate(content).to_domain()
    assert {(c.employer, c.insurer, c.period.start.year) for c in cascade.contracts(accord)} == {
        (city["siret"], "demo-a", 2025),
        (both["siret"], "demo-a", 2025),
        (both["siret"], "demo-b", 2027),
        (ccas["siret"], "demo-b", 2027),
    }
    (convention,) = scheme().to_domain().conventions
    early = date(2026, 6, 30)
    effects = cascade.convention_ends(replace(convention, insurer="demo-b"), [accord], early)
    assert [(e.kind, e.employer) for e in effects] == [
        (EffectKind.CONVENTION_ENDS, None),
        (EffectKind.CONTRACT_ENDS, both["siret"]),
        (EffectKind.CONTRACT_ENDS, ccas["siret"]),
    ], "demo-b had nobody to pay yet, and demo-a goes on insuring the accord"
    for on, owes in ((early, {"demo-a"}), (date(2027, 6, 30), {"demo-b"})):
        kept = {e.insurer for e in cascade.denounced(accord, on) if e.kind is EffectKind.ANNUITIES_REVALUED}
        assert kept == owes
