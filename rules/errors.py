"""What can go wrong with a rule."""

from __future__ import annotations

from datetime import date

from kit.errors import RelaisError


class InvalidRuleFile(ValueError):
    """A rule file does not say what a rule file must say. `faults` holds one line each, with file and id."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class UnknownRule(KeyError):
    """No rule has this id: a mistake in code, never in a request."""

    def __init__(self, rule: str) -> None:
        super().__init__(f"no rule is called {rule}")
        self.rule = rule


class WrongUnit(TypeError):
    """A value was read as something its unit is not."""


class NoValueAt(RelaisError):
    """The rule exists, but nobody vouches for a value on this day: a refusal (422) the caller can read.

    `first_known` is the first day it has a value at all, which may be later or, in a stated gap, earlier than `day`.
    """

    code = "no_value_at_date"
    title_fr = "Paramètre légal inconnu à cette date"
    title_en = "Legal parameter unknown at this date"

    def __init__(self, rule: str, day: date, first_known: date) -> None:
        if day < first_known:
            french = f"{rule} : première valeur connue au {first_known}, aucune au {day}"
            english = f"{rule}: first known value on {first_known}, none on {day}"
        else:
            french = f"{rule} : valeur inconnue au {day}, alors que d'autres dates ont la leur"
            english = f"{rule}: value unknown on {day}, while other dates have theirs"
        super().__init__(detail_fr=french, detail_en=english)
        self.rule = rule
        self.day = day
        self.first_known = first_known


class CategoryRequired(RelaisError):
    """A fonctionnaire with a régime indemnitaire has a transfert primes/points, whose amount the category gives."""

    code = "category_required"
    title_fr = "La catégorie est requise pour un fonctionnaire qui perçoit un régime indemnitaire"
    title_en = "The category is required for a fonctionnaire with a régime indemnitaire"


class TppAboveRi(RelaisError):
    """The transfert primes/points cannot exceed the primes it is withheld from."""

    code = "tpp_above_ri"
    title_fr = "Le transfert primes/points dépasse le régime indemnitaire"
    title_en = "The transfert primes/points exceeds the régime indemnitaire"


class TppNotApplicable(RelaisError):
    """Only fonctionnaires have a transfert primes/points."""

    code = "tpp_not_applicable"
    title_fr = "Seuls les fonctionnaires ont un transfert primes/points"
    title_en = "Only fonctionnaires have a transfert primes/points"
