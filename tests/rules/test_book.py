from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.money import Money
from kit.rate import Rate
from rules.book import InvalidRuleFile, NoValueAt, RuleBook, UnknownRule, WrongUnit

BOOK = RuleBook.load()
DAY = date(2026, 1, 31)

GOOD = """
tax.rate:
  label: Taux
  unit: rate
  values:
    - {from: 2020-01-01, to: 2020-12-31, value: "0.1000", reference: "art. 1", confidence: V}
    - {from: 2021-01-01, value: "0.2000", reference: "art. 2", confidence: K}
"""


def loaded(tmp_path: Path, *texts: str) -> RuleBook:
    for number, text in enumerate(texts):
        (tmp_path / f"{number}.yaml").write_text(text, encoding="utf-8")
    return RuleBook.load(tmp_path)


def test_a_value_holds_on_its_first_and_its_last_day(tmp_path: Path) -> None:
    book = loaded(tmp_path, GOOD)
    assert book.at("tax.rate", date(2020, 1, 1)).text == "0.1000"
    assert book.at("tax.rate", date(2020, 12, 31)).text == "0.1000"
    assert book.at("tax.rate", date(2021, 1, 1)).text == "0.2000"
    assert book.at("tax.rate", date.max).text == "0.2000"


def test_before_the_first_known_value_there_is_none(tmp_path: Path) -> None:
    with pytest.raises(NoValueAt) as caught:
        loaded(tmp_path, GOOD).at("tax.rate", date(2019, 12, 31))
    assert (caught.value.rule, caught.value.first_known) == ("tax.rate", date(2020, 1, 1))
    assert caught.value.status == 422
    assert "tax.rate" in caught.value.detail_fr


def test_in_a_stated_gap_there_is_none() -> None:
    assert BOOK.at("pss.monthly", date(2021, 12, 31)).money == Money.parse("3428")
    with pytest.raises(NoValueAt) as caught:
        BOOK.at("pss.monthly", date(2022, 1, 1))
    assert caught.value.detail_fr == "pss.monthly : valeur inconnue au 2022-01-01, alors que d'autres dates ont la leur"
    with pytest.raises(NoValueAt):
        BOOK.at("pss.monthly", date(2023, 12, 31))
    assert BOOK.at("pss.monthly", date(2024, 1, 1)).money == Money.parse("3864")


def test_after_the_end_of_a_last_value_there_is_none(tmp_path: Path) -> None:
    book = loaded(tmp_path, GOOD.replace("2021-01-01, value", "2021-01-01, to: 2021-12-31, value"))
    with pytest.raises(NoValueAt):
        book.at("tax.rate", date(2022, 1, 1))


def test_an_unknown_id_is_a_mistake_of_code() -> None:
    with pytest.raises(UnknownRule):
        BOOK.at("no.such.rule", DAY)
    with pytest.raises(UnknownRule):
        BOOK.rule("no.such.rule")
    assert "no.such.rule" not in BOOK
    assert "pss.monthly" in BOOK


def test_each_reading_asks_for_its_own_unit() -> None:
    rate, money = BOOK.at("cnracl.employee.tib", DAY), BOOK.at("pss.monthly", DAY)
    assert rate.rate == Rate.parse("0.1110")
    assert rate.value == Decimal("0.1110")
    assert money.money == Money(400500)
    assert money.value == Decimal(4005)
    assert BOOK.at("leave.cmo.full_days", DAY).integer == 90
    assert BOOK.at("scheme.start", DAY).date == date(2025, 1, 1)
    assert BOOK.at("leave.cmo.counting", DAY).choice == "CALENDAR_365"
    for reading in ("money", "integer", "date", "choice"):
        with pytest.raises(WrongUnit):
            getattr(rate, reading)
    with pytest.raises(WrongUnit):
        _ = money.rate
    with pytest.raises(WrongUnit):
        _ = BOOK.at("scheme.start", DAY).value


def test_rows_of_a_table_are_read_by_column() -> None:
    rows = BOOK.table("retirement.legal_age", DAY)
    assert rows[0].date("born_from") is None
    assert rows[0].date("born_to") == date(1961, 8, 31)
    assert (rows[3].integer("years"), rows[3].integer("months")) == (62, 9)
    assert rows[3]["years"] == "62"
    assert set(rows[0]) == {"born_to", "years", "months"}
    assert len(rows[0]) == 3
    with pytest.raises(WrongUnit):
        rows[3].integer("born_from")
    with pytest.raises(WrongUnit):
        rows[3].date("years")
    with pytest.raises(WrongUnit):
        BOOK.table("pss.monthly", DAY)


def test_the_parameter_shown_is_the_one_of_the_simulation_api() -> None:
    shown = BOOK.at("cnracl.employee.tib", DAY).parameter()
    assert shown.keys() == {"id", "value", "from", "reference"}
    assert (shown["id"], shown["value"], shown["from"]) == ("cnracl.employee.tib", "0.1110", "2020-01-01")
    assert shown["reference"]


def test_a_recorder_keeps_what_was_read_once_in_order_of_first_use() -> None:
    recorder = BOOK.recorder()
    recorder.at("pss.monthly", DAY)
    recorder.at("crds.rate", DAY)
    recorder.at("pss.monthly", date(2026, 3, 1))
    recorder.at("pss.monthly", date(2025, 3, 1))
    recorder.table("leave.contractual.cmo", DAY)
    assert [(v.id, v.start.year) for v in recorder.used] == [
        ("pss.monthly", 2026),
        ("crds.rate", 1996),
        ("pss.monthly", 2025),
        ("leave.contractual.cmo", 1988),
    ]
    assert recorder.parameters()[0] == BOOK.at("pss.monthly", DAY).parameter()
    assert recorder.version == BOOK.version


def test_a_snapshot_gives_back_a_book_that_answers_the_same() -> None:
    recorder = BOOK.recorder()
    for day in (date(2021, 6, 1), date(2025, 3, 1), DAY):
        recorder.at("pss.monthly", day)
    recorder.at("leave.cmo.counting", DAY)
    recorder.table("retirement.legal_age", DAY)
    kept = RuleBook.from_snapshot(recorder.snapshot())
    again = kept.recorder()
    for day in (date(2021, 6, 1), date(2025, 3, 1), DAY):
        assert again.at("pss.monthly", day) == BOOK.at("pss.monthly", day)
    again.at("leave.cmo.counting", DAY)
    assert [dict(row) for row in again.table("retirement.legal_age", DAY)] == [
        dict(row) for row in BOOK.table("retirement.legal_age", DAY)
    ]
    assert again.snapshot() == recorder.snapshot()
    with pytest.raises(NoValueAt):
        kept.at("pss.monthly", date(2024, 6, 1))
    with pytest.raises(UnknownRule):
        kept.at("crds.rate", DAY)


def test_replacing_changes_one_value_and_nothing_else() -> None:
    changed = BOOK.replacing("leave.cmo.full_rate", "0.80", on=DAY)
    assert changed.at("leave.cmo.full_rate", DAY).text == "0.80"
    assert changed.at("leave.cmo.full_rate", date(2025, 2, 28)).text == "1.00"
    assert BOOK.at("leave.cmo.full_rate", DAY).text == "0.90"
    assert changed.version != BOOK.version
    assert changed.replacing("leave.cmo.full_rate", "0.90", on=DAY).version == BOOK.version


def test_replacing_a_table_takes_json_rows_and_keeps_gaps() -> None:
    rows = '[{"service_months": "0", "full_days": "10", "half_days": "10"}]'
    assert (
        BOOK.replacing("leave.contractual.cmo", rows).table("leave.contractual.cmo", DAY)[0].integer("full_days") == 10
    )
    assert BOOK.replacing("pss.monthly", "5000.00", on=DAY).rule("pss.monthly").gaps == BOOK.rule("pss.monthly").gaps


def test_replacing_refuses_what_the_file_would_refuse() -> None:
    with pytest.raises(ValueError, match="several values"):
        BOOK.replacing("pss.monthly", "1.00")
    with pytest.raises(ValueError, match="taux"):
        BOOK.replacing("crds.rate", "-1")
    with pytest.raises(ValueError, match="choices"):
        BOOK.replacing("leave.cmo.counting", "OTHERWISE")


def test_the_version_follows_the_content_and_not_the_files(tmp_path: Path) -> None:
    other = GOOD.replace("tax.rate", "tax.other")
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    assert loaded(tmp_path / "one", GOOD, other).version == loaded(tmp_path / "two", other + GOOD).version
    changed = GOOD.replace('"0.2000"', '"0.2001"')
    assert loaded(tmp_path / "one", changed, other).version != loaded(tmp_path / "two", other + GOOD).version


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("unit: rate", "unit: parsecs", "unknown unit"),
        ("label: Taux", "label: ''", "no label"),
        ("label: Taux", "label: Taux\n  colour: red", "unknown keys colour"),
        ("from: 2020-01-01", "from: '2020-01-01'", "from must be an ISO date"),
        ("from: 2020-01-01", "from: 2020-02-30", "day is out of range"),
        ("to: 2020-12-31", "to: 2019-12-31", "ends before it starts"),
        ("to: 2020-12-31", "to: 2021-01-01", "overlap"),
        ("to: 2020-12-31, ", "", "overlap"),
        ("to: 2020-12-31", "to: 2020-11-30", "gaps found 2020-12-01..2020-12-31, gaps stated none"),
        ('"art. 1"', '" "', "no reference"),
        ("confidence: V}", "confidence: W}", "Confidence"),
        ('value: "0.1000"', "value: 0.1000", "quoted text"),
        ('value: "0.1000"', 'value: "10 %"', "taux"),
        ("tax.rate", "Tax", "dotted words"),
        ("unit: rate", "unit: rate\n  columns: {a: date}", "columns belong to tables"),
        ("unit: rate", "unit: rate\n  choices: [A]", "choices belong"),
        ("unit: rate", "unit: rate\n  unit: rate", "given twice"),
        ("label: Taux", "label: [", "expected"),
        ("label: Taux", "label: Taux\n  gaps: none", "no attribute"),
        ("tax.rate:\n", "tax.rate: 0.1\ntax.other:\n", "a rule is a mapping"),
        ("unit: rate", "unit: rate\n  gaps: [{from: 2020-12-01, to: 2020-12-31}]", "a gap needs a reason"),
    ],
)
def test_a_faulty_file_is_refused_with_file_and_id(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in GOOD
    with pytest.raises(InvalidRuleFile) as caught:
        loaded(tmp_path, GOOD.replace(old, new, 1))
    assert said in str(caught.value)
    assert all(fault.startswith("0.yaml: ") for fault in caught.value.faults)


def test_a_rule_without_values_and_a_word_for_a_number_are_refused(tmp_path: Path) -> None:
    (tmp_path / "0.yaml").write_text("a.b: {label: L, unit: ratio}\n", encoding="utf-8")
    with pytest.raises(InvalidRuleFile, match="no values"):
        RuleBook.load(tmp_path)
    with pytest.raises(InvalidRuleFile, match="no decimal number"):
        loaded(tmp_path, GOOD.replace("unit: rate", "unit: ratio").replace('"0.1000"', '"ten"'))


def test_two_files_may_not_give_the_same_id(tmp_path: Path) -> None:
    with pytest.raises(InvalidRuleFile, match=r"1\.yaml: tax\.rate: this id exists already"):
        loaded(tmp_path, GOOD, GOOD)


def test_an_empty_folder_is_no_law(tmp_path: Path) -> None:
    with pytest.raises(InvalidRuleFile, match="no rule found"):
        RuleBook.load(tmp_path)


TABLE = """
age.table:
  label: Table
  unit: table
  columns: {born_from: date, years: years}
  values:
    - {from: 2020-01-01, reference: "art. 1", confidence: V, rows: [{born_from: "1960-01-01", years: "62"}]}
"""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('years: "62"', "years: 62", "quoted text"),
        ('years: "62"', 'age: "62"', "unknown columns age"),
        ('"1960-01-01"', '"1960"', "1960"),
    ],
)
def test_the_cells_of_a_table_are_checked(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(InvalidRuleFile, match=said):
        loaded(tmp_path, TABLE.replace(old, new))


@given(day=st.dates(date(1985, 1, 1), date(2040, 1, 1)), position=st.integers(0, len(BOOK) - 1))
def test_on_any_day_a_rule_has_one_value_or_none(day: date, position: int) -> None:
    rule = list(BOOK)[position]
    holding = [v for v in rule.values if v.start <= day and (v.end is None or day <= v.end)]
    assert len(holding) <= 1
    if holding:
        assert BOOK.at(rule.id, day) is holding[0]
    else:
        with pytest.raises(NoValueAt):
            BOOK.at(rule.id, day)
