"""Publishing: events are rows written in the transaction of the fact, so that neither exists without the other.

The version of the aggregate is taken while its row is locked, and the lock is kept until commit: of two transactions
on one aggregate the second waits, and whoever sees version 2 sees version 1. Positions come later (sequencer.py).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from json.encoder import encode_basestring
from typing import Any, Final

from pydantic_core import to_json
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.db.copy import copy_rows
from kit.db.database import wake_after
from kit.db.schema import KIT
from kit.db.types import Written
from kit.events.context import Chain, current
from kit.events.envelope import SEQUENCE_DIGITS, EventData, EventType
from kit.ids import new_id

WRITTEN_CHANNEL: Final = "relais_outbox_written"
BATCH_LIMIT: Final = 10_000
# From so many events on, a stage costs less than arrays, whose elements the driver looks at one by one.
STAGED_FROM: Final = 1_000

# Keys are locked in one order, so two batches cannot wait for each other.
_TAKE_VERSIONS: Final = text("""
    INSERT INTO aggregate_version AS held (topic, key, version)
    SELECT topic, key, taken
      FROM unnest(CAST(:topics AS text[]), CAST(:keys AS text[]), CAST(:counts AS bigint[])) AS new (topic, key, taken)
     ORDER BY topic, key
    ON CONFLICT (topic, key) DO UPDATE SET version = held.version + excluded.version
    RETURNING topic, key, version, clock_timestamp()
""")

_COLUMNS: Final = ("id", "topic", "key", "version", "type", "employer", "insurer", "envelope", "recorded_at")
_WRITE: Final = text("""
    INSERT INTO outbox (id, topic, key, version, type, employer, insurer, envelope, recorded_at)
    SELECT id, topic, key, version, type, employer, insurer, CAST(envelope AS json), instant
      FROM unnest(CAST(:id AS uuid[]), CAST(:topic AS text[]), CAST(:key AS text[]), CAST(:version AS bigint[]),
                  CAST(:type AS text[]), CAST(:employer AS text[]), CAST(:insurer AS text[]),
                  CAST(:envelope AS text[]), CAST(:recorded_at AS timestamptz[])) WITH ORDINALITY
           AS new (id, topic, key, version, type, employer, insurer, envelope, instant, place)
     ORDER BY place
""")


# The same for the rows of `told` (place, key, employer, data), in the statement that writes their facts. Each key is in
# `taken`: a full join is an inner one then, but never a loop in a loop, which is what a server without statistics does.
_PUBLISH: Final = """
    nth AS MATERIALIZED (
        SELECT told.*, row_number() OVER (PARTITION BY key ORDER BY place) AS nth,
               count(*) OVER (PARTITION BY key) AS count FROM told),
    taken AS (
        INSERT INTO aggregate_version AS held (topic, key, version)
        SELECT :event_topic, key, count FROM nth WHERE nth = 1 ORDER BY key
        ON CONFLICT (topic, key) DO UPDATE SET version = held.version + excluded.version
        RETURNING key, version, clock_timestamp() AS instant),
    named AS (
        SELECT uuidv7() AS id, key, employer, data, version - (count - nth) AS version
          FROM nth FULL JOIN taken USING (key)
         ORDER BY nth, place),
    told_at AS (
        SELECT max(instant) AS instant,
               to_char(max(instant) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS written FROM taken),
    published AS (
        INSERT INTO outbox (id, topic, key, version, type, employer, envelope, recorded_at)
        SELECT id, :event_topic, key, version, :event_type, employer,
               CAST(concat('{"specversion":"1.0","id":"', id, '",', CAST(:event_kind AS text),
                           ',"subject":' || CAST(to_json(CAST(:event_below AS text) || key) AS text),
                           ',"time":"', written,
                           '",', CAST(:event_about AS text), ',"partitionkey":', to_json(key), ',"sequence":"',
                           lpad(CAST(version AS text), CAST(:event_digits AS integer), '0'), '","correlationid":',
                           coalesce(CAST(:event_correlation AS text), concat('"', id, '"')),
                           CAST(:event_chain AS text), ',"employer":', to_json(employer), ',"data":', data, '}')
                    AS json), instant
          FROM named CROSS JOIN told_at)
"""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A payload and the aggregate it belongs to; `employer` is a SIRET, `insurer` a code, `subject` a path.

    `chain`: what set it off, where several things are told at once; by default the request or event being handled.
    """

    data: EventData
    key: str
    employer: str | None = None
    insurer: str | None = None
    subject: str | None = None
    chain: Chain | None = None


async def publish(
    tx: AsyncConnection,
    data: EventData,
    *,
    key: str,
    employer: str | None = None,
    insurer: str | None = None,
    subject: str | None = None,
) -> None:
    """Write one event with the fact. Several in one transaction: `publish_many`, which cannot deadlock with itself."""
    await publish_many(tx, [Outgoing(data, key, employer, insurer, subject)])


async def publish_many(tx: AsyncConnection, events: Sequence[Outgoing]) -> None:
    """Write events (at most 10 000), those of one aggregate in the order given: two statements, four by a stage."""
    if not events:
        return
    assert len(events) <= BATCH_LIMIT, "cut long lists into chunks"
    next_version, instant = await _take_versions(tx, events)
    time = to_json(instant).decode().strip('"')
    rows: list[tuple[Any, ...]] = []
    for event in events:
        aggregate = event.data.topic, event.key
        version = next_version[aggregate]
        next_version[aggregate] = version + 1
        rows.append((*_row(event, version, time), instant))
    if len(rows) < STAGED_FROM:
        await tx.execute(_WRITE, dict(zip(_COLUMNS, zip(*rows, strict=True), strict=True)))
    else:
        await copy_rows(tx, KIT.outbox, _COLUMNS, rows, order=("version", "id"))
    wake_after(tx, WRITTEN_CHANNEL)


async def publish_told(
    tx: AsyncConnection,
    event: type[EventData],
    facts: str,
    answer: str,
    parameters: Mapping[str, Any],
    *,
    below: str | None = None,
) -> Sequence[Row[Any]]:
    """Write facts and an event of each in one statement: no row of an event comes from here. The rows of `answer`.

    `facts` are CTEs, the last of them `told (place, key, employer, data)`: the payload's JSON, those of a key in the
    order of their places. `answer` is the SELECT that ends the statement. The envelopes are those of `publish_many`;
    their subject is the key `below` a path, or none.
    """
    chain, (kind, about) = current(), _fixed(event.type, event.topic)
    said = {
        "event_topic": event.topic,
        "event_type": event.type,
        "event_kind": kind,
        "event_about": about,
        "event_below": below,
        "event_digits": SEQUENCE_DIGITS,
        "event_correlation": chain.correlation and encode_basestring(chain.correlation),
        "event_chain": f"{_said('causationid', chain.causation)}{_said('traceparent', chain.traceparent)}",
    }
    statement = text(f"WITH {facts}, {_PUBLISH} {answer}")
    rows = (await tx.execute(statement, {**parameters, **said})).all()
    wake_after(tx, WRITTEN_CHANNEL)
    return rows


async def _take_versions(
    tx: AsyncConnection, events: Sequence[Outgoing]
) -> tuple[dict[tuple[str, str], int], datetime]:
    """The first free version of each aggregate, now locked, and the database's instant."""
    counts = Counter((event.data.topic, event.key) for event in events)
    aggregates = list(counts)
    taken = await tx.execute(
        _TAKE_VERSIONS,
        {
            "topics": [topic for topic, _ in aggregates],
            "keys": [key for _, key in aggregates],
            "counts": [counts[aggregate] for aggregate in aggregates],
        },
    )
    rows = taken.all()
    first = {(topic, key): version - counts[topic, key] + 1 for topic, key, version, _ in rows}
    return first, max(instant for *_, instant in rows)


def _row(event: Outgoing, version: int, time: str) -> tuple[Any, ...]:
    """A new row of the outbox, without its instant, of which `time` is the JSON."""
    identifier, data = new_id(), event.data
    envelope = Written(_envelope(event, str(identifier), version, time))
    return identifier, data.topic, event.key, version, data.type, event.employer, event.insurer, envelope


def _envelope(event: Outgoing, identifier: str, version: int, time: str) -> str:
    """The text of `Envelope`, in one pass: what it checks of type and topic was checked when the payload was declared.

    The text is the one `Envelope.json_text` gives.
    """
    chain, (kind, topic) = event.chain or current(), _fixed(event.data.type, event.data.topic)
    return (
        f'{{"specversion":"1.0","id":"{identifier}",{kind}{_said("subject", event.subject)},"time":"{time}",{topic}'
        f'{_said("partitionkey", event.key)},"sequence":"{version:0{SEQUENCE_DIGITS}d}"'
        f"{_said('correlationid', chain.correlation or identifier)}{_said('causationid', chain.causation)}"
        f"{_said('traceparent', chain.traceparent)}{_said('employer', event.employer)}{_said('insurer', event.insurer)}"
        f',"data":{event.data.model_dump_json()}}}'
    )


def _said(name: str, value: str | None) -> str:
    return "" if value is None else f',"{name}":{encode_basestring(value)}'


@cache
def _fixed(kind: str, topic: str) -> tuple[str, str]:
    """What all events of a type have in common, before and after the time."""
    schema = f"urn:relais:event:{kind}"
    return (
        f'"source":"/{EventType(kind).service}","type":"{kind}"',
        f'"datacontenttype":"application/json","dataschema":"{schema}","topic":"{topic}"',
    )
