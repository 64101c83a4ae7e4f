"""What is sent and answered about a committee, be it an accord's or a scheme's."""

from __future__ import annotations

from datetime import date
from typing import Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from kit.http.types import Answer, DateText, LongText, Request, Text, example
from kit.period import Period
from services.agreements.adapters.committees import Meeting, Member
from services.agreements.domain.agreement import Side


class MemberBody(Request):
    """Somebody who sits for an employer (a centre de gestion) or a signing union, from a day on.

    A union has one seat: from that day on its former holder leaves it.
    """

    model_config = example(
        {"side": "UNION", "party": "Syndicat de démonstration", "name": "Camille EXEMPLE", "from": "2026-01-01"}
    )

    side: Side
    party: Text
    name: Text
    start: DateText = Field(alias="from")
    end: DateText | None = Field(None, alias="to")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.end is not None and self.end < self.start:
            raise PydanticCustomError("reversed_interval", "{message}", {"message": "La fin précède le début."})
        return self

    def member(self) -> Member:
        return Member(self.side, self.party, self.name, Period(self.start, self.end))


class LeavingBody(Request):
    """Somebody leaves; `on` is the last day."""

    model_config = example(
        {"side": "UNION", "party": "Syndicat de démonstration", "name": "Camille EXEMPLE", "on": "2026-12-31"}
    )

    side: Side
    party: Text
    name: Text
    on: DateText

    def member(self) -> Member:
        return Member(self.side, self.party, self.name, Period(self.on, self.on))


class MeetingBody(Request):
    """A meeting and its record of decisions; `sent_on` left out: not yet sent to the signatories."""

    model_config = example(
        {"held_on": "2026-03-20", "attendees": ["Camille EXEMPLE"], "decisions": ["Bilan de 2025 approuvé."]}
    )

    held_on: DateText
    attendees: list[Text] = Field(max_length=200)
    decisions: list[LongText] = Field(min_length=1, max_length=200)
    sent_on: DateText | None = None

    def meeting(self) -> Meeting:
        return Meeting(self.held_on, tuple(self.attendees), tuple(self.decisions), self.sent_on)


class SendingBody(Request):
    """The record of a meeting went to all signatories."""

    model_config = example({"on": "2026-04-02"})

    on: DateText


class MemberAnswer(Answer):
    side: Side
    party: str
    name: str


class MeetingAnswer(Answer):
    held_on: date
    attendees: list[str]
    decisions: list[str]
    sent_on: date | None


class SchemeCommitteeAnswer(Answer):
    """`unrepresented`: centres and signing unions nobody sits for. How often it meets is not published."""

    scheme: str
    members: list[MemberAnswer]
    unrepresented: list[str]
    meetings: list[MeetingAnswer]


class CommitteeAnswer(Answer):
    """`unrepresented`: signing unions nobody sits for; `employer_side`: whether somebody sits for an employer.

    `missed`: years over without a meeting; `due`: this year's; `unsent`: meetings whose record was not sent.
    """

    agreement: str
    members: list[MemberAnswer]
    unrepresented: list[str]
    employer_side: bool
    meetings: list[MeetingAnswer]
    unsent: list[date]
    missed: list[int]
    due: date | None
    late: bool


class LateAnswer(Answer):
    """An accord whose committee did not meet in a year that is over."""

    agreement: str
    missed: list[int]
