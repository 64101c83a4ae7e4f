"""What the law says of the employer's participation, as information (rulebook §4.1, §4.5)."""

from __future__ import annotations

import pytest

from kit.money import Money
from kit.period import Month
from kit.trace import Snapshot
from rules.vocabulary import Category, Guarantee, Regime
from services.contributions.domain.agent_file import AgentFile
from services.contributions.domain.delta import Amounts, Delta, Position
from services.contributions.domain.owed import Owed, owed
from services.contributions.domain.replay import explained, informed, issued_before, snapshot_of
from services.contributions.domain.treatment import Information, Social, information
from tests.services.client import Service
from tests.services.contributions.facts import (
    ACCORD,
    BOOK,
    CITY,
    TERMS,
    Issued,
    agent_file,
    assessed,
    document,
    inputs,
    money,
    paid,
    period,
    span,
)
from tests.services.contributions.world import World


def about(regime: Regime, tib: str, month: str = "2025-06") -> Information:
    category = Category.C if regime is Regime.CNRACL else None
    file = agent_file(
        paid(month, tib=tib), regime=regime, category=category, elections={Guarantee.DEATH: [period("2025-01-01")]}
    )
    found = owed(file, Month.parse(month), {ACCORD: TERMS}, BOOK)
    return information(regime, found, {ACCORD: TERMS}, money(tib), BOOK)


@pytest.mark.parametrize(("tib", "met"), [("320.00", True), ("310.00", False)])
def test_the_participation_is_held_against_its_floor(tib: str, met: bool) -> None:  # noqa: FBT001 - a case
    """Seven euros a month since 2025-01-01 (décret 2022-581): 2.25 % of 320 are 7.20, of 310 are 6.98."""
    found = about(Regime.CNRACL, tib)
    assert (found.floor, found.floor_met) == (money("7.00"), met)


def test_a_cnracl_agents_share_is_out_of_contributions_and_rafp() -> None:
    base, death = about(Regime.CNRACL, "2000.00").treatments
    assert (base.mandatory, base.social_contributions, base.rafp) == (True, Social.EXCLUDED, Social.EXCLUDED)
    assert (base.csg_crds, base.forfait_social, base.income_tax) == (
        Social.TO_CONFIRM,
        Social.TO_CONFIRM,
        Social.DEDUCTIBLE,
    )
    assert (death.mandatory, death.social_contributions, death.income_tax) == (False, Social.TO_CONFIRM, Social.DUE)


def test_the_general_scheme_exempts_up_to_a_ceiling() -> None:
    """6 % of 47 100 and 1.5 % of 24 000, by twelfths: 235.50 + 30.00; of 480 000, 12 % of the PASS: 471.00."""
    found = about(Regime.CONTRACTUEL_PUBLIC, "2000.00")
    assert (found.ceiling, found.ceiling_exceeded) == (money("265.50"), False)
    (base, _) = found.treatments
    assert (base.social_contributions, base.rafp) == (Social.EXCLUDED_UP_TO_CEILING, Social.NOT_APPLICABLE)
    assert (base.csg_crds, base.forfait_social) == (Social.DUE, Social.DUE)
    rich = about(Regime.CONTRACTUEL_PUBLIC, "40000.00")
    assert (rich.ceiling, rich.ceiling_exceeded) == (money("471.00"), True)
    assert about(Regime.CNRACL, "2000.00").ceiling is None


def test_what_no_source_gives_is_not_said() -> None:
    found = information(Regime.PRIVATE_LAW, Owed(Month(2022, 6), ()), {}, Money(0), BOOK)
    assert (found.floor, found.floor_met, found.ceiling, found.ceiling_exceeded) == (None, None, None, None)


def test_of_a_month_that_was_taken_back_nothing_is_owed_and_the_law_says_nothing() -> None:
    """Cover turns out to be deferred: what a month would have owed meets no floor, and misses none."""
    june, covered = Month(2025, 6), agent_file(paid("2025-06", tib="2400.00"))

    def run(file: AgentFile, issued: Issued) -> tuple[Delta, Snapshot]:
        rules = BOOK.recorder()
        found = assessed([file], june, {ACCORD: TERMS}, issued, rules).deltas
        (line,) = found
        return line, snapshot_of(inputs([file], june, issued, document()), found, rules.snapshot())

    line, first = run(covered, {})
    deferred = agent_file(*covered.pay, timeline=(span("2025-01-01", None, "DEFERRED"),))
    back, then = run(deferred, {line.key: Position(line.amounts, line.rate, line.unresolved)})
    assert (back.key, back.amounts) == (line.key, -line.amounts)
    for snapshot, before, owes in ((first, Amounts.zero(), True), (then, line.amounts, False)):
        found = explained(snapshot, covered.agent, june)
        said = informed(snapshot, covered.agent, found, BOOK)
        assert (bool(found.dues), found.held, said is not None and said.floor_met) == (owes, None, owes)
        assert issued_before(snapshot, line.key) == before
    with pytest.raises(IndexError):
        explained(first, "another", june)


async def test_the_trace_of_a_line_carries_it(service: Service, world: World) -> None:
    await world.member("M1")
    await world.pay("M1", "2025-06", tib="2400.00")
    await world.run("2025-06")
    async with service.caller("contributions:read", employers=[CITY]) as client:
        (line,) = (await client.get("/v1/contributions")).json()["items"]
        shown = (await client.get(f"/v1/contributions/{line['id']}/trace")).json()["information"]
    assert (shown["employer"], shown["floor"], shown["floor_met"]) == ("49.20", "7.00", True)
    assert [one["guarantee"] for one in shown["treatments"]] == ["BASE"]
