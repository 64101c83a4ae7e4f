"""What is told of what an employer must do."""

from __future__ import annotations

from typing import ClassVar

from kit.events.work_item import WorkItem
from services.eligibility.application.payloads import TOPIC


class WorkItemOpened(WorkItem):
    """`dispense-proof`: the yearly proof of a dispense is due by `due`; `reference` is where it is recorded (S15)."""

    type: ClassVar[str] = "fr.psc.eligibility.work-item.opened.v1"
    topic: ClassVar[str] = TOPIC


class WorkItemClosed(WorkItem):
    """It is done, or there is nothing left to do: the proof came, the dispense lapsed or was given up."""

    type: ClassVar[str] = "fr.psc.eligibility.work-item.closed.v1"
    topic: ClassVar[str] = TOPIC
