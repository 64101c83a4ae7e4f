"""Every text that a page shows exists in both languages."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

from gateway.api import integrations
from gateway.dashboard.pages import integration, parked
from gateway.dashboard.pages.worklist_besides import BESIDES
from gateway.dashboard.words import Words, catalogue, permitted
from gateway.domain.work_items import KINDS
from rules.vocabulary import LeaveKind
from services.agreements.domain.cascade import EffectKind
from services.contributions.api.run_overview import Attention
from services.contributions.domain.bounds import Bound

FOLDER = Path(__file__).resolve().parents[3] / "gateway" / "dashboard"
USED = re.compile(r"""\bt\(\s*['"]([a-z_]+(?:\.[A-Za-z_0-9-]+)+|[a-z_]+)['"]\s*[,)]""")
TITLES = re.compile(r"""Column\(\s*"([^"]+)\"""")


def test_every_key_that_is_used_is_known() -> None:
    sources = [*FOLDER.rglob("*.html"), *FOLDER.rglob("*.py")]
    used = {key for file in sources for key in USED.findall(file.read_text())}
    used |= {key for file in sources for key in TITLES.findall(file.read_text())}
    assert len(used) > 100
    assert used - catalogue().keys() == set()


def test_no_text_is_empty_and_both_languages_take_the_same_values() -> None:
    for key, (french, english) in catalogue().items():
        assert french, key
        assert english, key
        assert set(re.findall(r"{(\w+)}", french)) == set(re.findall(r"{(\w+)}", english)), key


def test_codes_of_the_api_have_words() -> None:
    known = catalogue().keys()
    assert {f"effect.{kind}" for kind in EffectKind} <= known
    assert {f"leave.{kind}" for kind in LeaveKind} <= known
    assert {f"{family}.{kind}" for family in ("work", "act") for kind in (*KINDS, *BESIDES)} <= known
    assert {f"parked_state.{state}" for state in parked.STATES} <= known
    assert {f"bound.{code}" for code in Bound} <= known
    assert {f"attention.{code}" for code in get_args(Attention)} <= known
    assert {f"client_kinds.{kind}" for kind in integration.KINDS} <= known
    assert {f"integration_attention.{code}" for code in get_args(integrations.Attention)} <= known


def test_every_scope_says_what_it_permits_in_both_languages() -> None:
    assert all(french and english and french != english for french, english in permitted().values())
    assert Words("en").scope("agents:read") == "Read the files of agents"


def test_a_last_day_that_nobody_knows_says_so_in_either_language() -> None:
    told = "code dont relève l'assureur : inconnu"
    assert Words("fr").until(None, told) == told
    assert Words("en").until(None, told) == Words("en").t("no_clock")
    assert Words("en").until("2028-05-01", "rulebook §7") == "Relais rulebook §7"
