"""What is answered when a fact is entered or changed: the fact as it stands, and what to look at in it."""

from __future__ import annotations

from services.eligibility.api.answers import AgentAnswer, EmploymentAnswer, InvalidityAnswer, LeaveAnswer, OptionAnswer
from services.eligibility.api.common import Entered
from services.eligibility.api.status_answers import DepartureAnswer, DispenseAnswer, PositionAnswer


class AgentEntered(Entered, AgentAnswer):
    """The agent's file, and what to look at in who the agent is."""


class EmploymentEntered(Entered, EmploymentAnswer):
    """An employment, and what to look at in it."""


class LeaveEntered(Entered, LeaveAnswer):
    """A leave, and what to look at in it."""


class PositionEntered(Entered, PositionAnswer):
    """A position, and what to look at in it."""


class OptionEntered(Entered, OptionAnswer):
    """An option chosen, and what to look at in it."""


class DispenseEntered(Entered, DispenseAnswer):
    """A request to stay out, and what to look at in it."""


class InvalidityEntered(Entered, InvalidityAnswer):
    """A recognition, and what to look at in it."""


class DepartureEntered(Entered, DepartureAnswer):
    """A departure, and what to look at in it."""
