from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.money import Money
from kit.period import Month, Period
from kit.rate import Rate
from rules.vocabulary import AffiliationOutcome, Guarantee, LeaveKind, Leg, Regime
from services.claims.domain.agent_file import (
    Affiliation,
    AgentFile,
    DatedTerms,
    Election,
    Policy,
    Recognition,
)
from services.claims.domain.capitals import Death, DeathKind
from services.claims.domain.case import decide
from services.claims.domain.ends import run_of
from services.claims.domain.errors import LeaveInterrupted, LeaveKindNotApplicable, OverlappingLeaves, SpellTooLong
from services.claims.domain.invalidity import Invalidity
from services.claims.domain.leave import Entry
from services.claims.domain.part_time import PartTime
from services.claims.domain.proposal import ProposedAnnuity, ProposedClaim, month_case, propose
from services.claims.domain.reference import ReferencePay
from services.claims.domain.situation import RiMaintained
from services.claims.domain.snapshot import decided, recomputed
from tests.services.claims.domain.files import (
    ACCORD_START,
    FIRST,
    PAY,
    SECOND,
    covered,
    day,
    employed,
    entry,
    file,
    leave,
    paid,
)
from tests.services.claims.domain.histories import BOOK, looking_at
from tests.services.claims.simulator import ACCORD, TERMS

CMO_TO_JUNE = entry("2026-02-01", "2026-06-30", waiting=0)


def only_claim(known: AgentFile) -> ProposedClaim:
    (claim,) = propose(known, BOOK).claims
    return claim


def recognition(start: str, rate: str = "0.6000") -> Recognition:
    return Recognition(SECOND, Invalidity(day(start), Rate.parse(rate), None, None, Money(0)))


def test_a_claim_opens_on_the_first_day_of_half_pay() -> None:
    claim = only_claim(file(leaves=(leave(CMO_TO_JUNE),)))
    assert (claim.opened_from, claim.leave, claim.leaves) == (day("2026-05-02"), FIRST, frozenset({FIRST}))
    assert [str(month) for month in claim.months()] == ["2026-05", "2026-06"]


def test_a_leave_that_stays_at_full_pay_opens_none() -> None:
    assert propose(file(leaves=(leave(entry("2026-02-01", "2026-05-01", waiting=0)),)), BOOK).claims == ()


def test_option_three_opens_a_claim_on_the_first_day_of_a_clm() -> None:
    clm = leave(entry("2026-02-01", "2026-06-30", LeaveKind.CLM))
    elected = (Election(Guarantee.RI_FULL_PAY, Period(day("2025-01-01"))),)
    assert only_claim(file(leaves=(clm,), elections=elected)).opened_from == day("2026-02-01")
    assert propose(file(leaves=(clm,)), BOOK).claims == ()


@pytest.mark.parametrize(
    "affiliations",
    [
        (),
        (covered(end="2026-04-30"),),
        (Affiliation(TERMS.agreement, ((Period(day("2025-01-01")), AffiliationOutcome.DEFERRED),)),),
        (covered(agreement="another"),),
    ],
)
def test_without_cover_or_its_terms_nothing_opens(affiliations: tuple[Affiliation, ...]) -> None:
    known = file(leaves=(leave(CMO_TO_JUNE),), affiliations=affiliations, recognitions=(recognition("2026-07-01"),))
    found = propose(known, BOOK)
    assert (found.claims, found.annuities) == ((), ())


def test_cover_that_begins_inside_the_leave_opens_the_claim_there() -> None:
    assert only_claim(file(leaves=(leave(CMO_TO_JUNE),), affiliations=(covered("2026-05-20"),))).opened_from == day(
        "2026-05-20"
    )


def test_a_population_the_accord_leaves_out_has_no_claim() -> None:
    income = replace(TERMS.income, populations=frozenset({Regime.CONTRACTUEL_PUBLIC}))
    terms = {TERMS.agreement: (DatedTerms(ACCORD_START, replace(TERMS, income=income), ACCORD),)}
    assert propose(file(leaves=(leave(CMO_TO_JUNE),), terms=terms), BOOK).claims == ()


def test_the_latest_version_in_effect_at_the_leave_is_read() -> None:
    income = replace(TERMS.income, target=Rate.parse("0.90"))
    second = DatedTerms(day("2026-01-01"), replace(TERMS, version=2, income=income), ACCORD)
    third = DatedTerms(day("2026-03-01"), replace(TERMS, version=3), ACCORD)
    versions = (third, DatedTerms(ACCORD_START, TERMS, ACCORD), second)
    found = only_claim(file(leaves=(leave(CMO_TO_JUNE),), terms={TERMS.agreement: versions}))
    assert found.version is second


def test_the_reference_is_the_last_month_paid_in_full_before_the_leave() -> None:
    found = only_claim(file(leaves=(leave(CMO_TO_JUNE),))).reference
    assert found.month == Month(2026, 1)
    assert found.given is not None


def test_a_month_touched_by_sick_pay_is_no_reference() -> None:
    earlier = leave(entry("2026-01-12", "2026-01-13"), id=SECOND)
    found = only_claim(file(leaves=(leave(CMO_TO_JUNE), earlier))).reference
    assert found.month == Month(2025, 12)
    assert found.given is None


def test_a_month_on_full_pay_of_another_leave_is_a_reference() -> None:
    maternity = leave(entry("2025-11-01", "2026-01-31", LeaveKind.MATERNITY), id=SECOND)
    back = leave(entry("2026-02-02", "2026-06-30", waiting=0))
    assert only_claim(file(leaves=(back, maternity))).reference.month == Month(2026, 1)


def test_a_leave_that_continues_another_takes_the_reference_before_both() -> None:
    known = file(
        leaves=(
            leave(entry("2026-02-01", "2026-03-15", waiting=0)),
            leave(entry("2026-03-16", "2026-06-30"), id=SECOND),
        )
    )
    claim = only_claim(known)
    assert (claim.leave, claim.leaves, claim.reference.month) == (SECOND, frozenset({FIRST, SECOND}), Month(2026, 1))


def test_somebody_hired_within_the_month_before_has_no_reference() -> None:
    known = file(
        leaves=(leave(CMO_TO_JUNE),), employments=(employed("2026-01-02"),), affiliations=(covered("2026-01-02"),)
    )
    found = only_claim(known).reference
    assert (found.month, found.given) == (None, None)


def test_a_leave_of_somebody_not_yet_known_waits() -> None:
    assert propose(file(leaves=(leave(CMO_TO_JUNE),), employments=()), BOOK).claims == ()
    assert propose(file(employments=(), recognitions=(recognition("2026-07-01"),)), BOOK).annuities == ()


def test_days_before_the_claim_opened_are_not_paid() -> None:
    known = file(leaves=(leave(CMO_TO_JUNE),), affiliations=(covered("2026-05-17"),))
    claim = only_claim(known)
    assert claim.reference.given is not None
    (may,) = decide(month_case(known, claim, claim.reference.given, Month(2026, 5)), BOOK).months
    assert may.target_net == Money.parse("1846.93") * Rate.parse("0.5")


def test_a_month_is_decided_from_what_bears_on_it_only() -> None:
    """A leave extended afterwards leaves the months before as they were, inputs included."""
    short = file(leaves=(leave(CMO_TO_JUNE),))
    long = file(leaves=(leave(CMO_TO_JUNE, entry("2026-07-01", "2026-09-30")),))
    for month in (Month(2026, 5), Month(2026, 6)):
        one, two = (
            month_case(known, claim, claim.reference.given, month)
            for known in (short, long)
            if (claim := only_claim(known)).reference.given
        )
        assert one == two


def test_part_time_that_begins_on_the_last_day_of_a_month_bears_on_it() -> None:
    last, next_day = (PartTime(Period(day(text)), Rate.parse("0.8")) for text in ("2026-05-31", "2026-06-01"))
    known = file(leaves=(leave(CMO_TO_JUNE),), part_time=(last, next_day))
    claim = only_claim(known)
    assert claim.reference.given is not None
    assert month_case(known, claim, claim.reference.given, Month(2026, 5)).part_time == (last,)


def test_a_death_ends_an_annuity_and_an_iad_does_not() -> None:
    one = recognition("2028-01-01")
    deaths = (Death(day("2028-06-30"), DeathKind.IAD), Death(day("2029-06-30"), DeathKind.DEATH))
    known = file(recognitions=(one,), deaths=deaths)
    assert run_of(known, known.terms[TERMS.agreement][0], one, BOOK).until == day("2029-06-30")


def test_the_policy_of_the_first_of_the_month_holds() -> None:
    policies = (
        Policy(LeaveKind.CMO, day("2026-06-02"), RiMaintained(Rate.parse("1"), Rate.parse("0.5"))),
        Policy(LeaveKind.CMO, day("2026-01-01"), RiMaintained(Rate.parse("1"), Rate.parse("0.25"))),
    )
    known = file(leaves=(leave(CMO_TO_JUNE, entry("2026-07-01", "2026-07-31")),), policies=policies)
    claim = only_claim(known)
    assert claim.reference.given is not None
    kept = {
        month: month_case(known, claim, claim.reference.given, month).maintenance[LeaveKind.CMO].half
        for month in claim.months()
    }
    assert [str(rate) for rate in kept.values()] == ["0.2500", "0.2500", "0.5000"]


def test_an_annuity_follows_its_claim_and_takes_its_reference() -> None:
    known = file(
        leaves=(leave(CMO_TO_JUNE),), recognitions=(recognition("2028-01-01"),), pay=paid("2026-01", "2027-12")
    )
    (annuity,) = propose(known, BOOK).annuities
    assert (annuity.claim_leave, annuity.reference.month) == (FIRST, Month(2026, 1))


@pytest.mark.parametrize(
    ("recognised", "until", "opened", "last"),
    [
        ("2025-06-01", None, None, None),
        ("2026-05-02", None, None, None),
        ("2026-06-11", None, "2026-05-02", "2026-06-10"),
        ("2025-06-01", "2026-01-31", "2026-05-02", "2026-06-30"),
        ("2025-06-01", "2026-05-20", "2026-05-21", "2026-06-30"),
    ],
)
@pytest.mark.parametrize("regime", [Regime.CNRACL, Regime.IRCANTEC_FONCTIONNAIRE])
def test_no_day_is_paid_for_by_an_annuity_and_a_benefit(
    regime: Regime, recognised: str, until: str | None, opened: str | None, last: str | None
) -> None:
    """The annuity takes over from the benefit, whichever was there first (rulebook §5.3)."""
    measure = Invalidity(day(recognised), Rate.parse("0.6000"), "2", None, Money(0))
    one = Recognition(SECOND, measure, day(until) if until else None)
    pay = paid("2025-05", "2025-11", "2025-12", "2026-01")
    found = propose(
        file(leaves=(leave(CMO_TO_JUNE),), recognitions=(one,), employments=(employed(regime=regime),), pay=pay), BOOK
    )
    claims = [(str(claim.opened_from), str(claim.last)) for claim in found.claims]
    assert claims == ([] if opened is None else [(opened, last)])
    assert len(found.annuities) == 1


def test_a_recognition_that_gives_no_annuity_takes_nothing_from_the_benefit() -> None:
    """Category 1: the agent goes on working, or on leave."""
    one = Recognition(SECOND, Invalidity(day("2025-06-01"), None, "1", None, Money(0)))
    ircantec = employed(regime=Regime.IRCANTEC_FONCTIONNAIRE)
    found = only_claim(file(leaves=(leave(CMO_TO_JUNE),), recognitions=(one,), employments=(ircantec,)))
    assert (found.opened_from, found.last) == (day("2026-05-02"), day("2026-06-30"))


def test_an_annuity_before_any_claim_rests_on_the_last_month_known() -> None:
    known = file(recognitions=(recognition("2028-01-01"),), pay=paid("2026-01", "2025-06"))
    (annuity,) = propose(known, BOOK).annuities
    assert (annuity.claim_leave, annuity.reference.month) == (None, Month(2026, 1))


def test_an_annuity_of_somebody_whose_cover_ended_the_day_before() -> None:
    known = file(recognitions=(recognition("2028-01-01"),), affiliations=(covered(end="2027-12-31"),))
    assert len(propose(known, BOOK).annuities) == 1
    known = file(recognitions=(recognition("2028-01-02"),), affiliations=(covered(end="2027-12-31"),))
    assert propose(known, BOOK).annuities == ()


def test_an_annuity_without_any_pay_waits() -> None:
    (annuity,) = propose(file(recognitions=(recognition("2028-01-01"),), pay={}), BOOK).annuities
    assert (annuity.reference.month, annuity.reference.given) == (None, None)


def test_a_leave_that_the_regime_does_not_open_is_refused() -> None:
    known = file(leaves=(leave(entry("2026-02-01", "2026-03-31", LeaveKind.CGM)),))
    with pytest.raises(LeaveKindNotApplicable):
        propose(known, BOOK)


@pytest.mark.parametrize(
    ("kind", "then", "now"),
    [
        (LeaveKind.CLM, Regime.CNRACL, Regime.IRCANTEC_FONCTIONNAIRE),
        (LeaveKind.CGM, Regime.CONTRACTUEL_PUBLIC, Regime.CNRACL),
        (LeaveKind.AT_MP, Regime.CONTRACTUEL_PUBLIC, Regime.CNRACL),
        (LeaveKind.CMO, Regime.PRIVATE_LAW, Regime.CNRACL),
    ],
)
def test_a_leave_under_another_regime_is_not_held_against_what_the_agent_is_now(
    kind: LeaveKind, then: Regime, now: Regime
) -> None:
    employments = (employed("2015-01-01", then, "2024-12-31"), employed("2025-01-01", now))
    older = leave(entry("2023-02-01", "2023-03-31", kind), id=SECOND)
    claim = only_claim(file(employments=employments, leaves=(older, leave(CMO_TO_JUNE))))
    assert (claim.spell.employment.regime, claim.opened_from) == (now, day("2026-05-02"))
    case = month_case(file(), claim, ReferencePay(Month(2026, 1), PAY), Month(2026, 5))
    _, kept = decided(case, ACCORD, BOOK)
    assert recomputed(kept).bytes() == kept.bytes()
    others = [one["regime"] for one in kept.trace["inputs"].get("other_regimes", [])]
    assert others == ([] if then is Regime.PRIVATE_LAW else [then])


def test_a_renewal_after_the_regime_changed_is_under_the_new_one() -> None:
    """28 h crossed in the middle of a leave: the stop goes on as it was, its renewal cannot be a CLM any more."""
    employments = (employed(end="2026-03-31"), employed("2026-04-01", Regime.IRCANTEC_FONCTIONNAIRE))
    stop = entry("2025-02-01", "2026-06-30", LeaveKind.CLM)
    assert only_claim(file(employments=employments, pay=paid("2025-01"), leaves=(leave(stop),)))
    renewed = entry("2026-07-01", "2026-07-31", LeaveKind.CLM)
    with pytest.raises(LeaveKindNotApplicable):
        propose(file(employments=employments, leaves=(leave(stop, renewed),)), BOOK)
    serious = entry("2026-07-01", "2026-07-31", LeaveKind.CGM)
    found = propose(file(employments=employments, pay=paid("2025-01"), leaves=(leave(stop, serious),)), BOOK)
    (claim,) = found.claims
    assert [(one.kind, one.leg) for one in claim.spell.entitlement.periods()][-1] == (LeaveKind.CGM, Leg.FULL)


def test_a_leave_beyond_any_statute_is_refused() -> None:
    known = file(leaves=(leave(entry("2013-02-01", "2025-02-01", LeaveKind.CITIS)),))
    with pytest.raises(SpellTooLong):
        propose(known, BOOK)
    assert propose(file(leaves=(leave(entry("2013-02-01", "2025-01-31", LeaveKind.CITIS)),)), BOOK).claims == ()


def test_leaves_that_overlap_are_refused() -> None:
    known = file(leaves=(leave(CMO_TO_JUNE), leave(entry("2026-06-30", "2026-07-02"), id=SECOND)))
    with pytest.raises(OverlappingLeaves):
        propose(known, BOOK)


@pytest.mark.parametrize(
    ("kind", "start", "end", "on"),
    [
        (LeaveKind.CMO, "2026-02-01", "2026-02-28", "2026-05-02"),
        (LeaveKind.CMO, "2026-02-01", "2026-06-30", "2026-05-02"),
        (LeaveKind.CLM, "2026-02-01", "2026-02-28", "2027-02-01"),
        (LeaveKind.CLD, "2026-02-01", "2026-02-28", "2029-02-01"),
        (LeaveKind.DO, "2026-02-01", "2026-02-28", "2026-02-01"),
        (LeaveKind.CITIS, "2026-02-01", "2026-02-28", None),
        (LeaveKind.MATERNITY, "2026-02-01", "2026-02-28", None),
    ],
)
def test_the_passage_to_half_pay_is_foreseen(kind: LeaveKind, start: str, end: str, on: str | None) -> None:
    waiting = 0 if kind is LeaveKind.CMO else None
    found = propose(file(leaves=(leave(entry(start, end, kind, waiting)),)), BOOK).forecasts
    assert [forecast.on for forecast in found] == ([day(on)] if on else [])


def test_days_used_before_bring_the_passage_nearer() -> None:
    used = leave(entry("2025-06-01", "2025-08-09", waiting=0), id=SECOND)  # 70 days
    (first, second) = propose(file(leaves=(used, leave(entry("2026-02-01", "2026-02-05", waiting=0)))), BOOK).forecasts
    assert (first.leave, second.leave, second.on) == (SECOND, FIRST, day("2026-02-21"))


def ordinary(start: date, days: int) -> Entry:
    return replace(CMO_TO_JUNE, period=Period(start, start + timedelta(days=days - 1)))


@looking_at(40)
@given(st.integers(1, 200), st.integers(0, 89))
def test_a_forecast_comes_true_when_the_leave_goes_on(length: int, used: int) -> None:
    earlier = [] if not used else [leave(ordinary(date(2025, 9, 1), used), id=SECOND)]
    short = file(leaves=(*earlier, leave(ordinary(date(2026, 2, 1), length))))
    long = file(
        leaves=(
            *earlier,
            leave(ordinary(date(2026, 2, 1), length), ordinary(date(2026, 2, 1) + timedelta(days=length), 200)),
        )
    )
    assert propose(short, BOOK).forecasts[-1].on == propose(long, BOOK).forecasts[-1].on


@given(st.randoms())
def test_a_proposal_does_not_depend_on_the_order_of_the_facts(random: object) -> None:
    policies = [Policy(LeaveKind.CMO, day(f"2026-0{n}-01"), RiMaintained(half=Rate.parse(f"0.{n}"))) for n in (1, 3, 5)]
    facts: dict[str, list[Any]] = {
        "leaves": [leave(CMO_TO_JUNE), leave(entry("2026-08-01", "2026-09-30"), id=SECOND)],
        "employments": [employed(end="2026-03-31"), employed("2026-04-01")],
        "policies": policies,
        "elections": [Election(option, Period(ACCORD_START)) for option in (Guarantee.DEATH, Guarantee.RI_FULL_PAY)],
        "recognitions": [recognition("2027-01-01"), Recognition(FIRST, recognition("2026-12-01").invalidity)],
    }
    shuffled = {}
    for name, known in facts.items():
        shuffled[name] = list(known)
        random.shuffle(shuffled[name])  # type: ignore[attr-defined]  # Hypothesis types its randoms as objects
    one = propose(file(**{name: tuple(known) for name, known in facts.items()}), BOOK)
    two = propose(file(**{name: tuple(known) for name, known in shuffled.items()}), BOOK)
    assert (one.claims, one.forecasts) == (two.claims, two.forecasts)
    assert sorted(one.annuities, key=_recognition_id) == sorted(two.annuities, key=_recognition_id)


def _recognition_id(annuity: ProposedAnnuity) -> str:
    return annuity.recognition.id


def test_a_leave_whose_stops_do_not_follow_one_another_opens_no_two_claims() -> None:
    first, apart = entry("2025-01-01", "2025-06-30", waiting=0), entry("2025-09-01", "2026-03-31", waiting=0)
    with pytest.raises(LeaveInterrupted):
        propose(file(leaves=(leave(first, apart),)), BOOK)
    two = propose(file(leaves=(leave(first), leave(apart, id=SECOND))), BOOK).claims
    assert [claim.leave for claim in two] == [FIRST, SECOND]
    short = leave(entry("2025-01-01", "2025-01-10", waiting=0), apart)
    assert only_claim(file(leaves=(short,))).leaves == {FIRST}
