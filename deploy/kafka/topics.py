"""Creates the topics declared in topics.yaml, and those of partners."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

DECLARATION: Final = Path(__file__).resolve().parent / "topics.yaml"
_DAY_MS: Final = 86_400_000


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as declared; `retention` in days, None for ever; `copies` and `in_sync` are those of production.

    `writers` and `readers` are components, or insurers where the topic is a partner's.
    """

    name: str
    partitions: int
    retention: int | None
    sensitive: bool
    copies: int
    in_sync: int
    writers: tuple[str, ...] = ()
    readers: tuple[str, ...] = ()

    def settings(self, replication: int) -> dict[str, str]:
        """What the broker is told."""
        kept = -1 if self.retention is None else self.retention * _DAY_MS
        return {
            "retention.ms": str(kept),
            "min.insync.replicas": str(min(self.in_sync, replication)),
            "cleanup.policy": "delete",
        }


def declared(insurers: Sequence[str] = ()) -> list[Topic]:
    """The topics of topics.yaml, with those of these insurers."""
    content: Mapping[str, Any] = yaml.safe_load(DECLARATION.read_text())
    rows = dict(content["topics"])
    for insurer in insurers:
        rows |= {name.format(insurer=insurer): _named(row, insurer) for name, row in content["partners"].items()}
    common = {"copies": content["replication"], "in_sync": content["min_insync"]}
    return [
        Topic(name, **row | {"writers": tuple(row["writers"]), "readers": tuple(row["readers"])}, **common)
        for name, row in rows.items()
    ]


def _named(row: Mapping[str, Any], insurer: str) -> dict[str, Any]:
    """The row of a partner's topic, with the partner's name in it."""
    return {**row, **{part: [one.format(insurer=insurer) for one in row[part]] for part in ("writers", "readers")}}


async def create(
    bootstrap: str, topics: Sequence[Topic], *, replication: int | None = None, client: Mapping[str, Any] | None = None
) -> list[str]:
    """Create those that are missing and name them. `replication` overrides the declared copies, for a single node.

    `client` are more arguments of the client, for brokers that ask who connects.
    """
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, **(client or {}))
    await admin.start()
    try:
        known = set(await admin.list_topics())
        new = [topic for topic in topics if topic.name not in known]
        if new:
            await admin.create_topics([_new_topic(topic, replication or topic.copies) for topic in new])
    finally:
        await admin.close()
    return [topic.name for topic in new]


def _new_topic(topic: Topic, replication: int) -> NewTopic:
    return NewTopic(topic.name, topic.partitions, replication, topic_configs=topic.settings(replication))
