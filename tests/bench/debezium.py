"""Debezium's embedded engine on an outbox, for the latency benchmark; run by a Python that has `pydbzengine`.

`debezium.py ADMIN_DSN DATABASE` writes `ready`, then `<value> <ns>` for each row inserted.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydbzengine import BasePythonChangeHandler, DebeziumJsonEngine

POLL_MS = 5


class Note(BasePythonChangeHandler):  # type: ignore[misc]  # no types in that wheel here
    """Says when each inserted event came."""

    def handleJsonBatch(self, records: list[Any]) -> None:  # noqa: N802 - the engine's name
        now = time.time_ns()
        for record in records:
            row = json.loads(str(record.value()))
            after = row.get("payload", row).get("after")
            if after is not None:
                sys.stdout.write(f"{json.loads(after['envelope'])['data']['value']} {now}\n")
        sys.stdout.flush()


def main(dsn: str, database: str) -> None:
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
        "slot.name": "bench",
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
    DebeziumJsonEngine(properties, Note()).run()


if __name__ == "__main__":
    main(*sys.argv[1:])
