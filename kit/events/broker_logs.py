"""A broker that is away makes its client say so many times a second: here each sentence is let through now and then."""

from __future__ import annotations

import logging
import time
from typing import Final

AGAIN_SECONDS: Final = 30.0
SENTENCES_LIMIT: Final = 200
_TALKATIVE: Final = (
    "aiokafka",
    "aiokafka.cluster",
    "aiokafka.conn",
    "aiokafka.consumer.fetcher",
    "aiokafka.consumer.group_coordinator",
    "aiokafka.producer.sender",
)


class NowAndThen(logging.Filter):
    """The same sentence, whatever its values, at most once per period.

    >>> record = logging.LogRecord("aiokafka", logging.ERROR, "", 0, "Unable to connect to %s", ("a",), None)
    >>> filter = NowAndThen()
    >>> filter.filter(record), filter.filter(record)
    (True, False)
    """

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[tuple[str, str], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        sentence, now = (record.name, str(record.msg)), time.monotonic()
        if now - self._said.get(sentence, -AGAIN_SECONDS) < AGAIN_SECONDS:
            return False
        if len(self._said) >= SENTENCES_LIMIT:
            self._said.clear()
        self._said[sentence] = now
        return True


def calm() -> None:
    """Put the filter on the client's loggers, once."""
    for name in _TALKATIVE:
        logger = logging.getLogger(name)
        if not any(isinstance(one, NowAndThen) for one in logger.filters):
            logger.addFilter(NowAndThen())
