"""What a person must do: the one shape in which every service says so.

A service names its own types: `fr.psc.<service>.work-item.opened.v1` and `.closed.v1`, each a subclass with its topic.
"""

from __future__ import annotations

from datetime import date

from kit.events.envelope import EventData


class WorkItem(EventData):
    """Something to do, or that need no longer be done.

    `reference` is where to do it, and the name of the item: it is opened once until it is closed, and a reader who
    meets it again replaces what it knew. `due` null: at leisure; `agent` null: the whole employer's.
    """

    kind: str
    due: date | None
    employer: str
    agent: str | None
    reference: str
