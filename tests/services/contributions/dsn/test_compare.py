"""What a DSN declares of one agent against what Relais knows: block by block, nothing but the domain."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kit.period import Month, Period
from kit.rate import Rate
from rules.vocabulary import Guarantee, Regime
from services.contributions.domain.agent_file import Employment
from services.contributions.domain.base import Status
from services.contributions.domain.delta import Amounts
from services.contributions.domain.dsn.compare import adhesions_of, compare, compare_payments
from services.contributions.domain.dsn.difference import Difference, Held, What
from services.contributions.domain.dsn.employment import regime_of
from services.contributions.domain.dsn.expected import Owing, adhesions, of_agent
from services.contributions.domain.dsn.lines import Why, read_line
from services.contributions.domain.dsn.mapping import Block, Kept, Mapped, map_part
from services.contributions.domain.dsn.norm import KNOWN_NORM, Kind, value_of
from services.contributions.domain.dsn.parameters import Codes, Contract, Contracts
from services.contributions.domain.dsn.reading import Context, Part
from services.contributions.domain.intake import Pay
from tests.services.contributions.dsn.files import contribution
from tests.services.contributions.facts import ACCORD, elements, money

JUNE = Month(2025, 6)
POINT = Decimal("59.0734")
OPTIONS = {Guarantee.BASE: "BASE", Guarantee.DEATH: "OPT2"}
CONTRACT = Contract(
    agreement=ACCORD,
    insurer="demo-a",
    period=Period(date(2025, 1, 1)),
    reference="DEMO-2025",
    organisation="PDEMO",
    delegate=None,
    staff=None,
    guarantees={code: Codes(option, {Regime.CNRACL: "CNR"}) for code, option in OPTIONS.items()},
    assumption=True,
    source="hypothèse",
)
CONTRACTS = Contracts((CONTRACT,))


def mapped(*lines: str) -> Mapped:
    read = tuple(read_line(number, f"{line}\r\n".encode()) for number, line in enumerate(lines, 1))
    return map_part(Part(individual=True, lines=read, context=Context(norm=KNOWN_NORM), opens=False))


def contract(nature: str = "50", scheme: str | None = "120", status: str = "01", nbi: str | None = None) -> list[str]:
    """A block 40."""
    said = {"007": nature, "020": scheme, "026": status, "059": nbi}
    return [f"S21.G00.40.{rubric},'{value}'" for rubric, value in said.items() if value is not None]


def pay_block(kind: str, rubric: str, value: str) -> list[str]:
    """A block 51: what it is, then its amount (013) or its rate (014)."""
    return [f"S21.G00.51.011,'{kind}'", f"S21.G00.51.{rubric},'{value}'"]


def owing(
    amount: str = "49.20",
    employer: str = "49.20",
    code: Guarantee = Guarantee.BASE,
    *,
    month: Month = JUNE,
    base: str = "2400.00",
    rate: str = "0.0205",
) -> Owing:
    amounts = Amounts(money(base), money(amount), money(employer), money(amount) - money(employer))
    return Owing("a", ACCORD, "demo-a", code, month, Rate.parse(rate), amounts)


def held(*owed: Owing, pay: tuple[Pay, ...] = (), regimes: frozenset[Regime] = frozenset({Regime.CNRACL})) -> Held:
    return Held(tuple(employed(regime=regime) for regime in sorted(regimes)), pay, owed)


def employed(hours: str | None = None, number: str | None = None, regime: Regime = Regime.CNRACL) -> Employment:
    """Since 2020, under a number of its own."""
    told = None if hours is None else Decimal(hours)
    return Employment(f"e-{number}", Period(date(2020, 1, 1)), Status(regime, None), number, told)


def differences(lines: list[str], known: Held) -> list[tuple[Any, ...]]:
    """Each difference without its line, which must be one of the file that names the block or nothing."""
    found = compare(mapped(*lines).blocks, known, {"1": "DEMO-2025"}, CONTRACTS, JUNE)
    assert all(one.line is None or 1 <= one.line <= len(lines) for one in found)
    return [(one.what, one.declared, one.expected) for one in found]


@pytest.mark.parametrize(
    ("said", "regime"),
    [
        (contract("01", "200", "99"), Regime.PRIVATE_LAW),
        (contract("02", None), Regime.PRIVATE_LAW),
        (contract("50", None), None),
        (contract("50", "120", "01"), Regime.CNRACL),
        (contract("50", "120", "08"), Regime.CNRACL),
        (contract("50", "200", "01"), Regime.IRCANTEC_FONCTIONNAIRE),
        (contract("50", "200", "08"), Regime.IRCANTEC_FONCTIONNAIRE),
        (contract("10", "200", "02"), Regime.CONTRACTUEL_PUBLIC),
        (contract("10", "200", "99"), None),
    ],
)
def test_the_regime_that_a_contract_declares(said: list[str], regime: Regime | None) -> None:
    """Rulebook §6.1: 40.007 01 and 02 are of private law; 40.020 120 is the CNRACL; 40.026 01, 08 and 02."""
    (block,) = mapped(*said).blocks
    assert regime_of(block) is regime
    other = frozenset(Regime) - {regime}
    expected = [] if regime is None else [(What.REGIME, regime.value, ", ".join(sorted(other)))]
    assert differences(said, held(regimes=other)) == expected
    assert differences(said, held(regimes=frozenset())) == []


def test_nbi_is_one_amount_for_all_contracts_of_an_agent() -> None:
    with_nbi, without = (Pay(elements(tib="2400.00", **more)) for more in ({"nbi": "50.00"}, {}))
    none, points, both = contract(), contract(nbi="10"), [*contract(), *contract(nbi="10")]
    for lines in (points, both, [*points, *contract(nbi="0")]):
        assert differences(lines, held(pay=(with_nbi,))) == differences(lines, held()) == []
        assert differences(lines, held(pay=(without,))) == [(What.NBI, "10", "0.00")]
    assert differences([*none, *none], held(pay=(with_nbi, without))) == [(What.NBI, None, "50.00")]
    assert differences([], held(pay=(with_nbi,))) == [], "without a contract nothing is said of NBI"


@pytest.mark.parametrize(
    ("lines", "pay", "expected"),
    [
        (pay_block("001", "013", "1800"), Pay(elements(), gross=money("1800.00")), []),
        (pay_block("001", "013", "1800"), Pay(elements(), gross=money("1800.01")), [("GROSS", "1800.00", "1800.01")]),
        (pay_block("001", "013", "1800"), Pay(elements(tib="9.00")), []),
        (pay_block("010", "013", "1800"), Pay(elements(), gross=money("1.00")), []),
        (pay_block("022", "013", "49.2"), Pay(elements(), other={"CTI": money("49.20")}), []),
        (pay_block("022", "013", "1"), Pay(elements(), other={"CTI": money("2.00")}), [("CTI", "1.00", "2.00")]),
        (pay_block("022", "013", "1"), Pay(elements(), other={"IFSE": money("2.00")}), []),
        (pay_block("021", "014", "90.00"), Pay(elements(), share_of_pay=Rate.parse("0.9")), []),
        (
            pay_block("021", "014", "50"),
            Pay(elements(), share_of_pay=Rate.parse("0.9")),
            [("SHARE_OF_PAY", "50", "90")],
        ),
        (pay_block("021", "014", "50"), Pay(elements()), []),
        (pay_block("021", "013", "50"), Pay(elements(), share_of_pay=Rate.parse("0.9")), []),
    ],
)
def test_pay_is_compared_where_both_say_it(lines: list[str], pay: Pay, expected: list[tuple[str, ...]]) -> None:
    assert differences(lines, held(pay=(pay,))) == expected
    assert differences(lines, held()) == []


def stop(**said: str) -> list[str]:
    """A block 60: last day worked (002), planned end (003), return (010), as JJMMAAAA."""
    names = {"worked": "002", "until": "003", "back": "010"}
    return [f"S21.G00.60.{names[name]},'{value}'" for name, value in said.items()]


def days(start: str, end: str | None = None) -> Period:
    return Period(date.fromisoformat(start), None if end is None else date.fromisoformat(end))


@pytest.mark.parametrize(
    ("lines", "known", "expected"),
    [
        ([], (), []),
        (stop(worked="09062025", until="20062025"), (days("2025-06-10", "2025-06-20"),), []),
        # The return is what counts, where it is declared.
        (stop(worked="09062025", until="30062025", back="21062025"), (days("2025-06-10", "2025-06-20"),), []),
        # Of another month only what reaches into this one; an open leave runs on.
        (stop(worked="09052025", until="03062025"), (days("2025-05-10", "2025-06-03"),), []),
        (stop(worked="09062025"), (days("2025-06-10"),), []),
        (stop(worked="09052025", until="31052025"), (), []),
        # Renewals declared one after the other are one absence.
        (
            [*stop(worked="09062025", until="15062025"), *stop(worked="15062025", until="20062025")],
            (days("2025-06-10", "2025-06-20"),),
            [],
        ),
        (
            stop(worked="09062025", until="20062025"),
            (days("2025-06-10", "2025-06-18"),),
            [("LEAVE", "2025-06-10/2025-06-20", "2025-06-10/2025-06-18")],
        ),
        (stop(worked="09062025", until="20062025"), (), [("LEAVE", "2025-06-10/2025-06-20", None)]),
        ([], (days("2025-06-10", "2025-06-18"),), [("LEAVE", None, "2025-06-10/2025-06-18")]),
        # A long leave that payroll declares as a suspension of the contract.
        (["S21.G00.65.001,'602'", "S21.G00.65.002,'01012025'"], (days("2025-01-01"),), []),
        # A return on the day after the last one worked: no day of absence.
        (stop(worked="09062025", back="10062025"), (), []),
    ],
)
def test_days_of_leave_are_those_of_the_month(
    lines: list[str], known: tuple[Period, ...], expected: list[tuple[str | None, ...]]
) -> None:
    assert differences(lines, replace(held(), leave=known)) == expected


@pytest.mark.parametrize(
    ("tib", "more", "expected"),
    [
        ("2067.57", {}, []),
        ("2067.56", {}, []),  # a cent is rounding
        ("2067.55", {}, [("INDEX", "2067.57", "2067.55")]),
        ("1000.00", {"share_of_pay": Rate.parse("0.5")}, []),
        ("1000.00", {"share_of_pay": None}, []),
        ("1000.00", {"cabinet": money("1.00")}, []),
    ],
)
def test_the_index_gives_the_traitement_at_full_time_and_full_pay(
    tib: str, more: dict[str, Any], expected: list[tuple[str, ...]]
) -> None:
    """IM 420 at 59.0734 euros a year and point: 2 067.57 a month (rulebook §3.1)."""
    full = {"012": "151.67", "013": "151.67", "058": "420"}
    lines = [f"S21.G00.40.{rubric},'{value}'" for rubric, value in full.items()]
    known = replace(held(pay=(Pay(elements(tib=tib), **{"share_of_pay": Rate.parse("1"), **more}),)), point=POINT)
    assert differences(lines, known) == expected
    half = [line.replace("013,'151.67'", "013,'75.83'") for line in lines]
    assert differences(half, known) == [], "part-time: what is paid of it is no plain share"
    assert differences([*lines, *lines], known) == [], "of which of two contracts?"


def quotity(whole: str | None, worked: str | None, rate: str | None = None, number: str | None = None) -> list[str]:
    """A block 40."""
    said = {"001": "01012020", "009": number, "012": whole, "013": worked, "055": rate}
    return [f"S21.G00.40.{rubric},'{value}'" for rubric, value in said.items() if value is not None]


@pytest.mark.parametrize(
    ("lines", "hours", "expected"),
    [
        (quotity("151.67", "151.67"), "35.00", []),
        (quotity("151.67", "75.83"), "17.50", []),  # 17.499: rounded to the hundredth of an hour a month
        (quotity("35.00", "17.51"), "17.50", []),
        (quotity("35.00", "17.52"), "17.50", [("QUOTITY", "17.52", "17.50")]),
        (quotity("151.67", "151.67"), "17.50", [("QUOTITY", "35.00", "17.50")]),
        # Part-time at 80 %: employers tell us the hours of the post, or those worked; a DSN says either, too.
        (quotity("151.67", "151.67", "80.00"), "28.00", []),
        (quotity("151.67", "151.67", "80.00"), "35.00", []),
        (quotity("151.67", "151.67", "80.00"), "31.50", [("QUOTITY", "35.00", "31.50")]),
        # Part-time on health grounds, and what does not say.
        ([*quotity("151.67", "75.83"), "S21.G00.66.001,'01062025'"], "35.00", []),
        (quotity("151.67", "75.83"), None, []),
        (quotity(None, "75.83"), "35.00", []),
        (quotity("151.67", None), "35.00", []),
        *((quotity(whole, "75.83"), "35.00", []) for whole in ("0", "0.00", "-151.67")),
        (quotity("0.000001", "999999999999"), "1.00", [("QUOTITY", "34999999999965000000.00", "1.00")]),
        (quotity("151.67", "-151.67"), "35.00", [("QUOTITY", "-35.00", "35.00")]),
    ],
)
def test_a_quotity_in_hours_a_week_is_that_of_the_employment(
    lines: list[str], hours: str | None, expected: list[tuple[str, ...]]
) -> None:
    known = replace(held(), employments=(employed(hours),), full_time=Decimal(35))
    assert differences(lines, known) == expected
    assert differences(lines, replace(known, full_time=None)) == []
    again = Mapped.of_json(json.loads(json.dumps(mapped(*lines).json())))
    found = compare(again.blocks, known, {}, CONTRACTS, JUNE)
    assert [(one.what, one.declared, one.expected) for one in found] == expected, "kept as it is stored"


def test_of_several_employments_a_quotity_is_compared_with_the_one_of_its_number() -> None:
    both = [*quotity("35", "20", number="A"), *quotity("35", "15", number="B")]
    known = replace(held(), employments=(employed("20", "A"), employed("15", "B")), full_time=Decimal(35))
    assert differences(both, known) == []
    other = replace(known, employments=(employed("20", "A"), employed("10", "B")))
    assert differences(both, other) == [("QUOTITY", "15.00", "10.00")]
    assert [one.line for one in compare(mapped(*both).blocks, other, {}, CONTRACTS, JUNE)] == [5]
    unnumbered = quotity("35", "15")
    assert differences([*unnumbered, *unnumbered], known) == differences(unnumbered, known) == [], "of which of them?"
    assert differences(unnumbered, replace(known, employments=(employed("20", "A"),))) == [
        ("QUOTITY", "15.00", "20.00")
    ]
    moved = (employed("20", "A"), employed("15", "A"))
    assert differences(unnumbered, replace(known, employments=moved)) == [], "hours changed inside the month"
    untold = (employed("20", "A"), employed(None, "A"))
    assert differences(unnumbered, replace(known, employments=untold)) == [], "hours of a part of the month are unknown"


def test_amounts_of_several_blocks_and_several_employments_are_summed() -> None:
    lines = [*pay_block("001", "013", "1000"), *pay_block("001", "013", "-100.5"), *pay_block("021", "014", "50")]
    lines += pay_block("021", "014", "100")
    shares = [Rate.parse(share) for share in ("0.5", "1")]
    pays = tuple(Pay(elements(), share_of_pay=share, gross=money("449.75")) for share in shares)
    assert differences(lines, held(pay=pays)) == []
    assert differences(lines, held(pay=pays[:1])) == [
        (What.GROSS, "899.50", "449.75"),
        (What.SHARE_OF_PAY, "100, 50", "50"),
    ]


def test_contributions_are_those_of_the_affiliation_and_no_other() -> None:
    """A base of the CNRACL (48), a band (79.001 11) and a contribution of another nature (81.001 071) are not ours."""
    lines = [
        *contribution(),
        "S21.G00.81.007,'2.05'",
        *("S21.G00.79.001,'04'", "S21.G00.79.004,'29.20'"),
        *("S21.G00.79.001,'04'", "S21.G00.79.004,'20.00'"),
        *("S21.G00.79.001,'11'", "S21.G00.79.004,'5000.00'"),
        *("S21.G00.81.001,'071'", "S21.G00.81.004,'3.00'"),
        *("S21.G00.78.001,'48'", "S21.G00.78.005,'1'", "S21.G00.79.001,'10'", "S21.G00.79.004,'7.00'"),
        *("S21.G00.81.001,'059'", "S21.G00.81.004,'8.00'"),
    ]
    assert differences(lines, held(owing())) == []
    assert differences(lines, held(owing("50.00", "40.00", base="2500.00", rate="0.02"))) == [
        (What.BASE, "2400.00", "2500.00"),
        (What.AMOUNT, "49.20", "50.00"),
        (What.EMPLOYER_SHARE, "49.20", "40.00"),
        (What.RATE, "2.05", "2"),
    ]
    assert differences(contribution(), held(owing(employer="0.00", rate="0.03"))) == [], "what a DSN leaves out agrees"


def test_what_only_one_side_has_is_told_where_it_is_an_amount() -> None:
    assert differences(contribution(), held()) == [(What.AMOUNT, "49.20", None)]
    assert differences(contribution(amount="0"), held()) == []
    assert differences([], held(owing())) == [(What.AFFILIATION, None, "BASE"), (What.AMOUNT, None, "49.20")]
    taken_back = owing("-49.20", "-49.20", base="-2400.00")
    assert differences([], held(owing(), taken_back)) == [(What.AFFILIATION, None, "BASE")]
    may = held(owing(month=Month(2025, 5)))
    assert differences(contribution(), may) == [(What.AMOUNT, None, "49.20"), (What.AMOUNT, "49.20", None)]
    undated = [line for line in contribution() if not line.startswith("S21.G00.78.002")]
    assert differences(undated, held(owing())) == [], "a base without a first day is of the month of the DSN"


def test_codes_are_the_insurers() -> None:
    other = contribution(option="AUTRE")
    missing = [(What.AFFILIATION, None, "BASE"), (What.AMOUNT, None, "49.20")]
    assert differences(other, held(owing())) == [(What.CODES_UNKNOWN, "AUTRE", None), *missing]
    population = contribution(population="X")
    assert differences(population, held(owing())) == [(What.POPULATION, "X", "CNR")]
    untold = held(owing(), regimes=frozenset({Regime.PRIVATE_LAW}))
    assert differences(population, untold) == [], "the insurer has not said how this population is named"


def test_what_agents_pay_alone_has_no_employers_share_and_reads_back_as_it_is() -> None:
    """Accord art. 5.1: an option may be at the agent's charge; 79.001 04 is then absent and no amount of 0.00."""
    owed = [owing(), owing("4.80", "0.00", Guarantee.DEATH, rate="0.002")]
    written = [*adhesions(CONTRACTS), *of_agent(owed, Regime.CNRACL, CONTRACTS)]
    shares = [one.value for one in written if one.rubric == "S21.G00.79.001"]
    assert shares == ["10", "04", "10"]
    found = mapped(*(one.text for one in written))
    assert found.kept == ()
    assert compare(found.blocks, held(*owed), adhesions_of(found.blocks), CONTRACTS, JUNE) == []


def test_codes_are_those_of_the_first_of_the_month_the_last_begun_of_an_accord_with_an_insurer() -> None:
    ended = replace(CONTRACT, period=Period(date(2024, 1, 1), date(2025, 5, 31)))
    second = replace(CONTRACT, period=Period(date(2025, 6, 1)), reference="SECOND")
    late = replace(CONTRACT, period=Period(date(2025, 6, 2)), reference="LATE")
    elsewhere = replace(ended, insurer="demo-0", period=Period(date(2025, 6, 1), date(2025, 6, 1)))
    told = (late, second, elsewhere, ended, CONTRACT)
    assert Contracts.in_month(told, JUNE).known == (elsewhere, second)
    assert Contracts.in_month(told, JUNE.previous()).known == (CONTRACT,)
    assert Contracts.in_month(told, JUNE.next()).known == (late,)


def test_payments_are_compared_for_the_contracts_that_are_known() -> None:
    def block(line: int, **values: str) -> Block:
        return Block("S21.G00.55", line, values)

    ours = [block(3, contract="DEMO-2025", amount="40.00"), block(6, contract="DEMO-2025", amount="9.20")]
    strange = [block(8, contract="ELSEWHERE", amount="1.00"), block(9, amount="1.00"), block(10, contract="DEMO-2025")]
    elsewhere = Owing("a", "another", "demo-a", Guarantee.BASE, JUNE, Rate.parse("0.01"), owing().amounts)
    assert list(compare_payments([*ours, *strange], [owing(), elsewhere], CONTRACTS)) == []
    assert list(compare_payments(ours, [owing("49.21")], CONTRACTS)) == [Difference(What.PAYMENT, "49.20", "49.21", 3)]
    assert list(compare_payments(ours, [], CONTRACTS)) == [Difference(What.PAYMENT, "49.20", None, 3)]
    assert list(compare_payments(strange, [owing()], CONTRACTS)) == [Difference(What.PAYMENT, None, "49.20")]


def test_a_technical_number_that_is_none_is_kept_and_identifies_nobody() -> None:
    read = mapped("S21.G00.30.020,'1210000000EXEMPLE'")
    assert (read.ntt, read.kept, read.mapped_lines) == ("1210000000EXEMPLE", (), 1)
    for wrong in ("", "X" * 71, "1\t2"):
        read = mapped(f"S21.G00.30.020,'{wrong}'", "S21.G00.30.019,'M1'")
        assert read.kept == (Kept(1, "S21.G00.30.020", Why.IDENTITY),)
        assert (read.ntt, read.nir, read.matricule) == (None, None, "M1")


def test_a_date_is_eight_digits_that_are_a_day() -> None:
    texts = ("29022024", "29022025", "31042025", "1062025", "01/06/2025", "01061825", "")
    assert [value_of(Kind.DATE, text) for text in texts] == ["2024-02-29", *[None] * 6]
