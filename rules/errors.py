"""What can go wrong with a rule."""

from __future__ import annotations

from datetime import date


class InvalidRuleFile(ValueError):  # noqa: N818 - named for what it says, as the other errors are
    """A rule file does not say what a rule file must say. `faults` holds one line each, with file and id."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class UnknownRule(KeyError):  # noqa: N818 - named for what it says, as the other errors are
    """No rule has this id: a mistake in code, never in a request."""

    def __init__(self, rule: str) -> None:
        super().__init__(f"no rule is called {rule}")
        self.rule = rule


class WrongUnit(TypeError):  # noqa: N818 - named for what it says, as the other errors are
    """A value was read as something its unit is not."""


class NoValueAt(LookupError):  # noqa: N818 - named for what it says, as the other errors are
    """The rule exists, but the rulebook vouches for no value on this day; callers answer 422.

    `first_known` is the first day it has a value at all, which may be later or, in a stated gap, earlier than `day`.
    """

    def __init__(self, rule: str, day: date, first_known: date) -> None:
        super().__init__(f"{rule} has no value on {day.isoformat()}; its first known value is of {first_known}")
        self.rule = rule
        self.day = day
        self.first_known = first_known
