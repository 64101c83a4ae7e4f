"""When an e-mail that the relay did not take is tried again, and when it is given up."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

# About eight hours after the first attempt a person should look.
MAX_ATTEMPTS: Final = 10
FIRST_PAUSE: Final = timedelta(minutes=1)
LONGEST_PAUSE: Final = timedelta(hours=6)


def pause(attempts: int, chance: float) -> timedelta:
    """How long to wait after so many attempts: twice as long each time up to a limit, between half and the whole of it.

    `chance` lies between 0 and 1, so that mails put off together do not come back together.

    >>> pause(1, 1.0), pause(4, 0.0), pause(60, 1.0)
    (datetime.timedelta(seconds=60), datetime.timedelta(seconds=240), datetime.timedelta(seconds=21600))
    """
    doubled: int = 2 ** min(attempts - 1, MAX_ATTEMPTS * 2)
    whole = min(LONGEST_PAUSE, FIRST_PAUSE * doubled)
    return whole * (1 + chance) / 2
