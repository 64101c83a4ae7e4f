"""Death, and absolute and definitive invalidity: what the file refuses of them, and what they do to cover."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from kit.errors import RelaisError
from kit.period import ONE_DAY, Period
from rules.vocabulary import AffiliationOutcome as Outcome
from services.eligibility.domain.affiliation import Stretch
from services.eligibility.domain.reasons import Reason

GROUND: Final = Reason(
    "eligibility.death", "accord art. 2.1", "Décès de l'agent : la couverture prend fin le lendemain."
)


class DeathKind(StrEnum):
    """Death, or absolute and definitive invalidity (IAD), after which the agent lives on and stays covered."""

    DEATH = "DEATH"
    IAD = "IAD"


@dataclass(frozen=True, slots=True)
class Death:
    """Which of the two, and on which day."""

    kind: DeathKind
    on: date


class DeathBeforeBirth(RelaisError):
    """Nobody dies before birth."""

    code = "death_before_birth"
    title_fr = "La date précède la naissance"
    title_en = "The day precedes the birth"


class DeathBeforeHire(RelaisError):
    """The agent was not employed yet: the fact is not this employer's to announce."""

    code = "death_before_hire"
    title_fr = "La date précède le premier emploi"
    title_en = "The day precedes the first employment"


class DeathInFuture(RelaisError):
    """A death is announced once it has come."""

    code = "death_in_future"
    title_fr = "La date est à venir"
    title_en = "The day lies in the future"


class DeathBeforeIad(RelaisError):
    """An invalidity cannot follow the death."""

    code = "death_before_iad"
    title_fr = "Le décès précède l'invalidité absolue et définitive"
    title_en = "The death precedes the absolute and definitive invalidity"


class DeathKnownOtherwise(RelaisError):
    """It is known on another day. To correct it, withdraw it first."""

    code = "death_known_otherwise"
    title_fr = "Déjà connu à une autre date : retirez-le d'abord"
    title_en = "Already known on another day: withdraw it first"
    status = 409


def check(new: Death, known: Iterable[Death], *, born: date, hired: date, today: date) -> None:
    """Whether a file may hold a death beside those known. Raises one of the errors above."""
    if new.on < born:
        raise DeathBeforeBirth(pointer="/date")
    if new.on < hired:
        raise DeathBeforeHire(pointer="/date")
    if new.on > today:
        raise DeathInFuture(pointer="/date")
    held = {death.kind: death.on for death in known} | {new.kind: new.on}
    if DeathKind.DEATH in held and held.get(DeathKind.IAD, date.min) > held[DeathKind.DEATH]:
        raise DeathBeforeIad(pointer="/date")


def ended_by(stretches: Iterable[Stretch], died_on: date) -> tuple[Stretch, ...]:
    """A timeline that ends the day after the death, whatever it held from then on."""
    known = tuple(stretches)
    lived = [stretch for stretch in known if stretch.period.start <= died_on]
    if lived and lived[-1].outcome is Outcome.ENDED:
        last = lived.pop()
        return (*lived, Stretch(Period(last.period.start), Outcome.ENDED, last.reasons))
    if lived:
        last = lived[-1]
        lived[-1] = Stretch(Period(last.period.start, died_on), last.outcome, last.reasons)
    since = died_on + ONE_DAY if lived else known[0].period.start
    return (*lived, Stretch(Period(since), Outcome.ENDED, (GROUND,)))
