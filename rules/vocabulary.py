"""The words three services share, spelt as the simulation API spells them. A member's value is its own name."""

from __future__ import annotations

from enum import StrEnum


class Regime(StrEnum):
    """Which pension and sickness scheme an agent falls under (rulebook §1.0): the first switch of every right."""

    CNRACL = "CNRACL"
    IRCANTEC_FONCTIONNAIRE = "IRCANTEC_FONCTIONNAIRE"
    CONTRACTUEL_PUBLIC = "CONTRACTUEL_PUBLIC"
    PRIVATE_LAW = "PRIVATE_LAW"


FONCTIONNAIRES = frozenset({Regime.CNRACL, Regime.IRCANTEC_FONCTIONNAIRE})
PUBLIC_LAW = FONCTIONNAIRES | {Regime.CONTRACTUEL_PUBLIC}


class LeaveKind(StrEnum):
    """Leaves of rulebook §1.1. The glossary gives the full French names."""

    CMO = "CMO"
    CLM = "CLM"
    CLD = "CLD"
    CGM = "CGM"
    CITIS = "CITIS"
    AT_MP = "AT_MP"
    TPT = "TPT"
    DO = "DO"
    MATERNITY = "MATERNITY"


class PositionKind(StrEnum):
    """What may interrupt work: every leave kind, and positions that are no leave on health grounds."""

    CMO = "CMO"
    CLM = "CLM"
    CLD = "CLD"
    CGM = "CGM"
    CITIS = "CITIS"
    AT_MP = "AT_MP"
    TPT = "TPT"
    DO = "DO"
    MATERNITY = "MATERNITY"
    DISPONIBILITE = "DISPONIBILITE"
    CONGE_PARENTAL = "CONGE_PARENTAL"
    DETACHEMENT = "DETACHEMENT"
    CONGE_SANS_TRAITEMENT = "CONGE_SANS_TRAITEMENT"


class Leg(StrEnum):
    """The stretch of a leave a day lies in."""

    FULL = "FULL"
    HALF = "HALF"
    NONE = "NONE"
    WAITING = "WAITING"


class PathologyGroup(StrEnum):
    """The five groups that open a CLD, each once in a career."""

    TUBERCULOSIS = "TUBERCULOSIS"
    MENTAL_ILLNESS = "MENTAL_ILLNESS"
    CANCER = "CANCER"
    POLIOMYELITIS = "POLIOMYELITIS"
    IMMUNE_DEFICIENCY = "IMMUNE_DEFICIENCY"


class Guarantee(StrEnum):
    """The base cover and its options, in the order in which lines are shown."""

    BASE = "BASE"
    DEATH = "DEATH"  # option 2
    RETIREMENT_LOSS = "RETIREMENT_LOSS"  # option 1
    RI_FULL_PAY = "RI_FULL_PAY"  # option 3


class PayElement(StrEnum):
    """Elements of a month's pay; ALL is the whole of them, as terms may say."""

    TIB = "TIB"
    NBI = "NBI"
    RI = "RI"
    SFT = "SFT"
    IR = "IR"
    OTHER = "OTHER"
    ALL = "ALL"


class Category(StrEnum):
    """Hierarchical category of a fonctionnaire."""

    A = "A"
    B = "B"
    C = "C"


class EmploymentKind(StrEnum):
    """In what quality someone is employed."""

    TITULAIRE = "TITULAIRE"
    STAGIAIRE = "STAGIAIRE"
    CONTRACTUEL_PUBLIC = "CONTRACTUEL_PUBLIC"
    PRIVATE_LAW = "PRIVATE_LAW"
    APPRENTI = "APPRENTI"
    COLLABORATEUR_CABINET = "COLLABORATEUR_CABINET"
    VACATAIRE = "VACATAIRE"


class ContractKind(StrEnum):
    """Open-ended or fixed-term."""

    CDI = "CDI"
    CDD = "CDD"


class AffiliationOutcome(StrEnum):
    """What a day of an agent's file says about cover, the strongest first."""

    ENDED = "ENDED"
    EXCLUDED = "EXCLUDED"
    NOT_YET_ELIGIBLE = "NOT_YET_ELIGIBLE"
    DEFERRED = "DEFERRED"
    DISPENSED = "DISPENSED"
    SUSPENDED = "SUSPENDED"
    AFFILIATED = "AFFILIATED"


class Confidence(StrEnum):
    """How far a value of the law is vouched for, as the rulebook says it."""

    V = "V"  # read in the source cited
    V2 = "V2"  # secondary source only
    D = "D"  # arithmetic on V values
    K = "K"  # general knowledge: a parameter, never presented as law
