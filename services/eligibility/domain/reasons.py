"""Why a day is not covered, in the words of the accord."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from rules.vocabulary import AffiliationOutcome as Outcome


@dataclass(frozen=True, slots=True)
class Reason:
    """A rule, the article it comes from, and what it says to the agent, in French."""

    rule: str
    reference: str
    detail: str


def french(day: date) -> str:
    """A day as it is written in French.

    >>> french(date(2025, 1, 30))
    '30/01/2025'
    """
    return f"{day:%d/%m/%Y}"


REASONS: Final[Mapping[Outcome, Reason]] = MappingProxyType(
    {
        Outcome.EXCLUDED: Reason(
            "eligibility.excluded_kind",
            "accord art. 2.1",
            "L'accord ne s'applique pas aux vacataires, employés pour une tâche précise et ponctuelle.",
        ),
        Outcome.NOT_YET_ELIGIBLE: Reason(
            "eligibility.seniority",
            "accord art. 3",
            "Un contractuel est couvert à l'ancienneté de présence que l'accord demande, ou dès l'arrivée quand son"
            " contrat est d'une durée suffisante.",
        ),
        Outcome.DEFERRED: Reason(
            "eligibility.return_to_work",
            "accord art. 2.1",
            "En congé pour raison de santé à la date d'effet : l'adhésion suit une reprise effective et continue.",
        ),
        Outcome.DISPENSED: Reason(
            "eligibility.dispense",
            "accord art. 3",
            "Dispense demandée dans les délais, sur justificatif d'une couverture individuelle de même nature.",
        ),
        Outcome.SUSPENDED: Reason(
            "eligibility.suspension",
            "accord art. 2.2",
            "Suspension de la relation de travail sans rémunération ni indemnisation : l'adhésion est suspendue.",
        ),
    }
)

AGREEMENT_SUSPENDED: Final = Reason(
    "eligibility.agreement_suspended",
    "accord art. 8",
    "L'accord est suspendu : la couverture l'est avec lui et reprend avec lui.",
)
AGREEMENT_ENDED: Final = Reason(
    "eligibility.agreement_ended",
    "accord art. 8",
    "L'accord a pris fin, dénoncé ou caduc : la couverture prend fin avec lui.",
)
ADHESION_ENDED: Final = Reason(
    "eligibility.adhesion_ended",
    "accord art. 8",
    "L'adhésion de l'employeur a pris fin avec ses contrats : la couverture prend fin avec elle.",
)
DISPENSE_REINTRODUCED: Final = Reason(
    "eligibility.dispense_reintroduced",
    "accord art. 3 et 8",
    "Un avenant rétablit la dispense que l'accord ne prévoyait plus : celle qui avait été demandée vaut de nouveau.",
)
