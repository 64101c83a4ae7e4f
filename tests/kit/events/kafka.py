"""The Kafka broker of a test session, where this machine can run one."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Final

from deploy.kafka.broker import Broker, missing
from deploy.kafka.topics import Topic, create
from tests.kit.events.sample.thing import TOPIC

REQUIRED: Final = "kafka" in os.environ.get("RELAIS_REQUIRE", "").split(",")
LACK: Final = missing()
TOPICS: Final = [Topic(TOPIC, partitions=4, retention=None, sensitive=False, copies=1, in_sync=1)]


def transports() -> list[str]:
    """The transports the contract tests run over. With RELAIS_REQUIRE=kafka a missing broker is a failure."""
    return ["feed"] if LACK and not REQUIRED else ["feed", "kafka"]


class SessionBroker:
    """Started when the first test asks for it."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="relais-kafka-"))
        self.broker = Broker(self._folder / "broker")

        self._started = False

    async def bootstrap(self) -> str:
        """Where it listens; starts it the first time."""
        if not self._started:
            self.broker.start()
            await create(self.broker.bootstrap, TOPICS)
            self._started = True
        return self.broker.bootstrap

    def stop(self) -> None:
        self.broker.stop()
        shutil.rmtree(self._folder, ignore_errors=True)
