"""The synthetic region: the same for the same seed, valid in form, impossible in fact, flat in memory."""

from __future__ import annotations

import json
import tracemalloc
from collections import Counter
from datetime import date
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kit.nir import Nir
from kit.period import Period
from kit.siret import Siret
from relais.synthetic.files import Order, write_region
from relais.synthetic.identity import fictitious_siret
from relais.synthetic.leaves import entries, leaves_of
from relais.synthetic.region import Agent, agents_of, employers
from rules.book import RuleBook

TODAY = date(2026, 6, 30)
POINT = RuleBook.load().at("index_point.yearly", TODAY).value
YEAR = Period(date(2026, 1, 1), TODAY)


def agents(count: int, seed: int = 1) -> list[Agent]:
    employer = next(employers(1, count))
    return list(agents_of(employer, seed=seed, today=TODAY, point=POINT))


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(tmp_path: Path) -> None:
    for name, seed in (("one", 7), ("two", 7), ("three", 8)):
        write_region(Order(5, 60, seed, TODAY, POINT), tmp_path / name)
    contents = {name: (tmp_path / name / "agents.jsonl").read_bytes() for name in ("one", "two", "three")}
    assert contents["one"] == contents["two"] != contents["three"]
    assert len(lines(tmp_path / "one" / "pay.jsonl")) == 60
    assert json.loads((tmp_path / "one" / "region.json").read_text())["assumption"] is True


def test_identifiers_are_valid_and_nobody_s() -> None:
    for agent in agents(300):
        assert Nir.parse(agent.nir)
        assert agent.nir[5:7] == "00"
        assert Siret.parse(agent.employer)
        assert agent.employer.startswith("000")


def test_natural_keys_are_unique() -> None:
    sirets = [fictitious_siret(rank) for rank in range(1, 2000)]
    assert len(set(sirets)) == len(sirets)
    found = agents(500)
    assert len({agent.matricule for agent in found}) == len(found)


def test_every_status_and_every_leave_occurs() -> None:
    found = agents(3000)
    kinds = Counter(agent.kind for agent in found)
    assert set(kinds) >= {"TITULAIRE", "STAGIAIRE", "CONTRACTUEL_PUBLIC", "PRIVATE_LAW", "APPRENTI", "VACATAIRE"}
    assert kinds.most_common(1)[0][0] == "TITULAIRE"
    away = Counter(leave.kind for agent in found for leave in leaves_of(agent, seed=1, year=YEAR))
    assert set(away) == {"CMO", "CITIS", "AT_MP", "CLM", "CLD", "CGM", "MATERNITY"}
    assert away["CMO"] == max(away.values())


def test_a_leave_stays_in_its_employment_and_follows_the_regime() -> None:
    for agent in agents(1500):
        last: date | None = None
        for leave in leaves_of(agent, seed=3, year=YEAR):
            assert agent.start <= leave.start <= leave.end <= (agent.end or date.max)
            assert last is None or leave.start > last
            assert (leave.kind in ("CLM", "CLD", "CITIS")) <= (agent.regime == "CNRACL")
            last = leave.end


@given(st.dates(date(2020, 1, 1), date(2026, 12, 31)), st.integers(1, 1500))
@settings(deadline=None)
def test_entries_are_contiguous_and_cover_the_leave(start: date, days: int) -> None:
    whole = Period(start, date.fromordinal(start.toordinal() + days - 1))
    parts = list(entries(whole))
    assert sum(part.days for part in parts) == days
    assert parts[0].start == whole.start
    assert all(after.follows(before) for before, after in pairwise(parts))


@given(st.integers(1, 60), st.integers(60, 5000))
@settings(deadline=None)
def test_employers_share_out_all_agents_largest_first(count: int, total: int) -> None:
    sizes = [employer.agents for employer in employers(count, total)]
    assert sum(sizes) == total
    assert min(sizes) >= 1
    assert sizes[0] == max(sizes)


def test_more_employers_than_agents_is_refused() -> None:
    with pytest.raises(ValueError, match="un agent par employeur"):
        list(employers(3, 2))


def test_memory_does_not_grow_with_the_region(tmp_path: Path) -> None:
    def peak(count: int) -> int:
        tracemalloc.start()
        write_region(Order(4, count, 1, TODAY, POINT), tmp_path / str(count))
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(50)
    assert peak(1200) < peak(200) * 1.5


def test_agents_are_drawn_one_by_one() -> None:
    huge = next(employers(1, 10_000_000))
    assert len(list(islice(agents_of(huge, seed=1, today=TODAY, point=POINT), 3))) == 3
