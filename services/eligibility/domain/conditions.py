"""Which conditions of an employment go together."""

from __future__ import annotations

from rules.vocabulary import ContractKind, EmploymentKind
from services.eligibility.domain.errors import ConditionsRefused
from services.eligibility.domain.facts import Conditions
from services.eligibility.domain.file import FONCTIONNAIRES
from services.eligibility.domain.regime import PRIVATE_LAW_KINDS


def contract_fits(kind: EmploymentKind, contract: ContractKind | None) -> bool:
    """A fonctionnaire is appointed; everybody else has a contract."""
    return (contract is None) is (kind in FONCTIONNAIRES)


def checked(conditions: Conditions) -> Conditions:
    """The same conditions. Raises ConditionsRefused when they do not go together."""
    if not contract_fits(conditions.kind, conditions.contract):
        raise ConditionsRefused(pointer="/contract", detail_fr="Un contrat est attendu, sauf pour un fonctionnaire.")
    if conditions.category is None and conditions.kind in FONCTIONNAIRES:
        raise ConditionsRefused(pointer="/category", detail_fr="La catégorie d'un fonctionnaire est attendue.")
    if conditions.category is not None and conditions.kind in PRIVATE_LAW_KINDS:
        raise ConditionsRefused(pointer="/category", detail_fr="Un contrat de droit privé n'a pas de catégorie.")
    return conditions
