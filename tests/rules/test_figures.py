"""Figures of the rulebook, written a second time and tied to one another by arithmetic."""

from datetime import date
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction

import pytest

from kit.money import Money
from rules.book import NoValueAt, RuleBook
from rules.vocabulary import Confidence, LeaveKind, Regime

BOOK = RuleBook.load()
Y2026 = date(2026, 1, 15)

# id, first day of the value, the value of the eve (None: nothing vouched for), the value, rulebook row.
CHANGES = [
    ("index_point.yearly", "2022-07-01", "56.2323", "58.2004", "§3.1"),
    ("index_point.yearly", "2023-07-01", "58.2004", "59.0734", "§3.1"),
    ("index_point.minimum_index", "2024-01-01", "361", "366", "§3.1"),
    ("index_point.minimum_index", "2022-05-01", "343", "352", "§3.1"),
    ("smic.monthly", "2024-11-01", "1766.92", "1801.80", "§3.1"),
    ("smic.monthly", "2026-01-01", "1801.80", "1823.03", "§3.1"),
    ("smic.monthly", "2026-06-01", "1823.03", "1867.02", "§3.1"),
    ("smic.hourly", "2026-06-01", "12.02", "12.31", "§0"),
    ("pss.monthly", "2025-01-01", "3864.00", "3925.00", "§3.1"),
    ("pss.monthly", "2026-01-01", "3925.00", "4005.00", "§3.1"),
    ("pss.monthly", "2024-01-01", None, "3864.00", "§3.1, years between without a source"),
    ("cnracl.employee.tib", "2020-01-01", None, "0.1110", "§3.2"),
    ("cnracl.employee.nbi", "2020-01-01", None, "0.1110", "§3.2"),
    ("rafp.employee.rate", "2005-01-01", None, "0.0500", "§3.2"),
    ("rafp.cap_share_of_tib", "2005-01-01", None, "0.2000", "§3.2"),
    ("csg.deductible.rate", "2018-01-01", None, "0.0680", "§3.2"),
    ("csg.non_deductible.rate", "2018-01-01", None, "0.0240", "§3.2"),
    ("csg.base_share", "2012-01-01", None, "0.9825", "§3.2"),
    ("vieillesse.capped.rate", "2016-01-01", None, "0.0690", "§3.2"),
    ("vieillesse.uncapped.rate", "2017-01-01", None, "0.0040", "§3.2"),
    ("ircantec.employee.a.rate", "2017-01-01", None, "0.0280", "§3.2"),
    ("ircantec.employee.b.rate", "2017-01-01", None, "0.0695", "§3.2"),
    ("tpp.monthly.A", "2017-01-01", None, "32.42", "§3.1, G22"),
    ("tpp.monthly.B", "2016-01-01", None, "23.17", "§3.1, G22"),
    ("tpp.monthly.C", "2017-01-01", None, "13.92", "§3.1, G22"),
    ("leave.cmo.full_rate", "2025-03-01", "1.00", "0.90", "§0, §1.1"),
    ("leave.waiting.days", "2018-01-01", "0", "1", "§0, §1.3"),
    ("ijss.cap_smic", "2025-04-01", "1.8", "1.4", "§0, §2.1"),
    ("ijss.cap_daily", "2025-04-01", "53.31", "41.47", "§2.1, G6"),
    ("ijss.cap_daily", "2026-01-01", "41.47", "41.95", "§2.1, G6"),
    ("ijss.cap_daily", "2026-06-01", "41.95", "42.97", "§2.1"),
    ("invalidity.revaluation", "2025-04-01", "0.046", "0.017", "§2.2"),
    ("participation.prevoyance.floor", "2025-01-01", None, "7.00", "§0, G23"),
    ("participation.health.floor", "2026-01-01", None, "15.00", "§0, G23"),
    ("decree.itt.share_tib_nbi", "2022-04-20", None, "0.9000", "§4.1"),
    ("decree.itt.share_ri", "2022-04-20", None, "0.4000", "§4.1"),
    ("decree.annuity.share", "2022-04-20", None, "0.9000", "§4.1"),
    ("decree.annuity.atmp_rate", "2022-04-20", None, "0.6600", "§4.1"),
]


@pytest.mark.parametrize(("rule", "since", "before", "after", "row"), CHANGES)
def test_a_figure_changes_on_its_day(rule: str, since: str, before: str | None, after: str, row: str) -> None:
    first = date.fromisoformat(since)
    assert BOOK.at(rule, first).text == after, row
    eve = date.fromordinal(first.toordinal() - 1)
    if before is None:
        with pytest.raises(NoValueAt):
            BOOK.at(rule, eve)
    else:
        assert BOOK.at(rule, eve).text == before, row


STANDING = [
    ("leave.cmo.full_days", "90"),
    ("leave.cmo.max_days", "360"),
    ("leave.cmo.window_years", "1"),
    ("leave.half_rate", "0.50"),
    ("leave.full_rate", "1.00"),
    ("leave.awaiting_decision_rate", "0.50"),
    ("leave.year_days", "365"),
    ("leave.clm.full_years", "1"),
    ("leave.clm.half_years", "2"),
    ("leave.clm.max_years", "3"),
    ("leave.clm.window_years", "4"),
    ("leave.clm.duty_days", "365"),
    ("leave.cld.full_years", "3"),
    ("leave.cld.half_years", "2"),
    ("leave.cld.max_years", "5"),
    ("leave.cgm.full_years", "1"),
    ("leave.cgm.half_years", "2"),
    ("leave.cgm.max_years", "3"),
    ("leave.contractual.cgm_service_months", "36"),
    ("leave.contractual.service_gap_months", "4"),
    ("leave.contractual.discontinuous_days", "300"),
    ("regime.cnracl.weekly_hours", "28"),
    ("regime.cnracl.weekly_hours_art_professor", "12"),
    ("regime.cnracl.weekly_hours_art_assistant", "15"),
    ("ircantec.b.ceiling", "8"),
    ("csg.abatement_ceiling", "4"),
    ("prescription.MUTUALITE.INCAPACITY", "5"),
    ("prescription.ASSURANCES.INCAPACITY", "2"),
    ("prescription.SECURITE_SOCIALE.DEATH", "10"),
    ("psc.law_2025.in_force", "2029-01-01"),
    ("psc.law_2025.return_days", "30"),
    ("participation.compulsory.employer_share", "0.5000"),
]


@pytest.mark.parametrize(("rule", "text"), STANDING)
def test_a_figure_stands_in_2026(rule: str, text: str) -> None:
    assert BOOK.at(rule, Y2026).text == text


def test_the_monthly_tpp_is_a_twelfth_of_the_yearly_one() -> None:
    for category in ("A", "B", "C"):
        yearly, monthly = BOOK.at(f"tpp.yearly.{category}", Y2026), BOOK.at(f"tpp.monthly.{category}", Y2026)
        assert yearly.money * Fraction(1, 12) == monthly.money


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_the_yearly_ceiling_is_twelve_monthly_ones(year: int) -> None:
    day = date(year, 12, 31)
    assert BOOK.at("pss.monthly", day).money * 12 == BOOK.at("pss.yearly", day).money


def test_the_participation_floor_is_a_fifth_of_the_reference() -> None:
    reference, share = (
        BOOK.at("participation.prevoyance.reference", Y2026),
        BOOK.at("participation.prevoyance.share", Y2026),
    )
    assert reference.money * share.rate == BOOK.at("participation.prevoyance.floor", Y2026).money


@pytest.mark.parametrize("day", [date(2024, 11, 1), date(2025, 4, 1), date(2026, 1, 1), date(2026, 6, 1)])
def test_g6_the_daily_cap_is_half_of_the_capped_daily_gain(day: date) -> None:
    smic, cap = BOOK.at("smic.monthly", day).money, BOOK.at("ijss.cap_smic", day).value
    gain = Fraction(smic.cents, 100) * Fraction(cap) * 3 / Fraction(BOOK.at("ijss.divisor", day).value)
    assert Money.rounded(gain * Fraction(BOOK.at("ijss.rate", day).value)) == BOOK.at("ijss.cap_daily", day).money


def test_g14_the_caps_of_the_temporary_invalidity_allowance_follow_the_ceiling() -> None:
    ceiling = BOOK.at("pss.monthly", Y2026).money
    assert ceiling * BOOK.at("invalidity.ss.category_1_rate", Y2026).rate == BOOK.at("ait.group_1.cap", Y2026).money
    assert ceiling * BOOK.at("invalidity.ss.category_2_rate", Y2026).rate == BOOK.at("ait.group_2.cap", Y2026).money


@pytest.mark.parametrize(
    ("index", "monthly"),
    [(366, "1801.74"), (370, "1821.43"), (454, "2234.94"), (722, "3554.25"), (748, "3682.24")],
)
def test_g19_a_month_of_an_index(index: int, monthly: str) -> None:
    """The published monthly point is truncated to five decimals before it is multiplied."""
    point = (BOOK.at("index_point.yearly", Y2026).value / 12).quantize(Decimal("0.00001"), ROUND_DOWN)
    assert point == Decimal("4.92278")
    assert Money.rounded(point * index) == Money.parse(monthly)


def test_the_three_tiers_of_a_contractuel_and_the_three_of_an_accident() -> None:
    sick = [(r["service_months"], r["full_days"], r["half_days"]) for r in BOOK.table("leave.contractual.cmo", Y2026)]
    assert sick == [("4", "30", "30"), ("24", "60", "60"), ("36", "90", "90")]
    accident = [(r["service_months"], r["full_days"]) for r in BOOK.table("leave.contractual.atmp", Y2026)]
    assert accident == [("0", "30"), ("12", "60"), ("36", "90")]


def test_leaves_and_regimes_are_those_of_the_vocabulary() -> None:
    pairs = [(LeaveKind(row["kind"]), Regime(row["regime"])) for row in BOOK.table("leave.applicable", Y2026)]
    assert len(pairs) == len(set(pairs))
    assert {kind for kind, _ in pairs} == set(LeaveKind)
    assert Regime.PRIVATE_LAW not in {regime for _, regime in pairs}
    assert {regime for kind, regime in pairs if kind is LeaveKind.CLM} == {Regime.CNRACL}
    assert {regime for kind, regime in pairs if kind is LeaveKind.DO} == {Regime.CNRACL, Regime.IRCANTEC_FONCTIONNAIRE}


AGES = [
    ("1961-08-31", (62, 0), (62, 0)),
    ("1961-09-01", (62, 3), (62, 3)),
    ("1962-12-31", (62, 6), (62, 6)),
    ("1963-06-30", (62, 9), (62, 9)),
    ("1964-01-01", (63, 0), (62, 9)),
    ("1965-03-31", (63, 3), (62, 9)),
    ("1965-04-01", (63, 3), (63, 0)),
    ("1966-05-05", (63, 6), (63, 3)),
    ("1967-05-05", (63, 9), (63, 6)),
    ("1968-05-05", (64, 0), (63, 9)),
    ("1969-01-01", (64, 0), (64, 0)),
    ("1990-05-02", (64, 0), (64, 0)),
]


def age(born: date, day: date) -> tuple[int, int]:
    rows = BOOK.table("retirement.legal_age", day)
    found = [
        (row.integer("years"), row.integer("months"))
        for row in rows
        if (row.date("born_from") or date.min) <= born <= (row.date("born_to") or date.max)
    ]
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize(("born", "before", "after"), AGES)
def test_the_legal_age_of_a_generation_before_and_after_the_suspension(
    born: str, before: tuple[int, int], after: tuple[int, int]
) -> None:
    day = date.fromisoformat(born)
    assert age(day, date(2026, 8, 31)) == before
    assert age(day, date(2026, 9, 1)) == after


def test_what_is_not_verified_says_so() -> None:
    confidence = {rule.id: {value.confidence for value in rule.values} for rule in BOOK}
    assert confidence["prescription.ASSURANCES.INCAPACITY"] == {Confidence.K}
    assert confidence["tpp.monthly.C"] == {Confidence.D}
    assert confidence["invalidity.ss.category_1_rate"] == {Confidence.V2}
    assert confidence["cnracl.employee.tib"] == {Confidence.V}


def test_the_categories_that_open_the_minimum_annuity() -> None:
    """Décret 2022-581 art. 4 (§4.1)."""
    assert [row.integer("category") for row in BOOK.table("decree.annuity.categories", Y2026)] == [2, 3]
