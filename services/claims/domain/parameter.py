"""A value of the law as a step of a trace."""

from __future__ import annotations

from kit.trace import Trace
from rules.values import RuleValue


def parameter(value: RuleValue) -> Trace:
    """What it says, since when and, once it is over, until when."""
    return Trace(value.id, value.reference, {"valid_from": value.start, "valid_to": value.end}, value.text)
