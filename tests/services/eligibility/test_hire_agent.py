"""What is computed of a hire before the database is asked."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest

from kit.crypto import KeyRing
from kit.ids import new_id
from kit.nir import Nir
from kit.period import Period
from rules.book import RuleBook
from rules.vocabulary import ContractKind, EmploymentKind
from services.eligibility.adapters.agents import Identity
from services.eligibility.application.hire_agent import Draft, Hire
from services.eligibility.application.payloads import AgentHired
from services.eligibility.domain.facts import Conditions, ContractKey, Spell
from services.eligibility.domain.file import ArtTeaching
from services.eligibility.domain.standing import standings

RULES = RuleBook.load()
IDENTITY = Identity(Nir.parse("295109912611193"), "EXEMPLE", "Camille", date(1975, 3, 1))


@pytest.mark.parametrize(
    ("conditions", "service_start"),
    [
        (Conditions(EmploymentKind.TITULAIRE, None, Decimal("28.00")), None),
        (Conditions(EmploymentKind.TITULAIRE, None, Decimal("27.99")), date(2010, 1, 1)),
        (Conditions(EmploymentKind.TITULAIRE, None, Decimal("15.00"), art_teaching=ArtTeaching.ASSISTANT), None),
        (Conditions(EmploymentKind.CONTRACTUEL_PUBLIC, ContractKind.CDI, Decimal("35.00")), None),
    ],
)
def test_a_first_employment_stands_as_one_of_many_would(conditions: Conditions, service_start: date | None) -> None:
    spell = Spell(
        new_id(), ContractKey("21850191600013", "M1", "1"), Period(date(2025, 9, 1)), conditions, service_start
    )
    draft = Draft.of(
        Hire(IDENTITY, spell, prior_collective_cover=False),
        RULES,
        KeyRing.parse(KeyRing.generate("k")),
        date(2026, 3, 10),
    )
    agent, born = draft.person.id, IDENTITY.birth_date
    (standing,) = standings([spell], RULES)[spell.employment]
    assert json.loads(draft.told.stretches) == [standing.document()]
    assert f'{{"agent":"{agent}",{draft.data}' == AgentHired.of(agent, standing, born).model_dump_json()
