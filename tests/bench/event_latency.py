"""Commit to consumer at a steady rate: over the feed, over Kafka, and beside Debezium's engine.

Every candidate has a server and processes of its own: an engine that decodes the write-ahead log of a whole server
would be paid for by the others. They take turns, round by round, so that the same noise falls on all; whoever does not
have his turn is stopped, and is given two seconds to find himself again before he is measured.
The load is the statements of `publish`, sent straight to the driver: a writer that takes one of two cores leaves those
who carry to wait for the processor, which is not what is measured.
"""

from __future__ import annotations

import asyncio
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

import asyncpg

from deploy.kafka.topics import Topic, create
from kit.db.migrate import upgrade
from kit.db.provision import ROLE_KINDS, component_url, database_name, provision
from relais.postgres import EmbeddedPostgres
from tests.bench.event_writer import Writer
from tests.postgres import SAMPLES, SessionPostgres
from tests.waiting import eventually

KEYS: Final = 100
WARM_UP_SECONDS: Final = 10.0
SETTLE_SECONDS: Final = 2.0
PATIENCE_SECONDS: Final = 60.0
HERE: Final = Path(__file__).resolve().parent
# As in production, every commit is on disk; logical replication is there for Debezium.
SETTINGS: Final[Mapping[str, str]] = {"wal_level": "logical", "max_connections": "200"}
# What another engine sends to the broker is no event of ours.
DEBEZIUM_TOPIC: Final = "bench.debezium.v1"


@dataclass(frozen=True, slots=True)
class Load:
    """How many rounds, of how many seconds each, at how many events a second."""

    rounds: int
    seconds: float
    rate: float


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds from the moment the commit is asked for to the handler's call; how many events never came."""

    p50: float
    p99: float
    lost: int


@dataclass(slots=True)
class Candidate:
    """A way to carry events: where they are written, and the processes that carry them."""

    name: str
    writer: Writer
    processes: list[asyncio.subprocess.Process] = field(default_factory=list)
    seen: dict[int, int] = field(default_factory=dict)  # value: instant of its handler, ns
    next_value: int = 0

    async def spawn(self, *command: str) -> str:
        """Start a process and give back the first line it writes."""
        process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
        self.processes.append(process)
        assert process.stdout is not None
        return (await asyncio.wait_for(process.stdout.readline(), PATIENCE_SECONDS)).decode().strip()

    def listen(self) -> asyncio.Task[None]:
        """Note what the last process started reports: `<value> <ns>` a line."""
        stdout = self.processes[-1].stdout
        assert stdout is not None

        async def read() -> None:
            while line := await stdout.readline():
                words = line.split()
                if len(words) == 2 and all(word.isdigit() for word in words):  # the rest is a log
                    self.seen.setdefault(int(words[0]), int(words[1]))

        return asyncio.create_task(read())

    async def round(self, rate: float, seconds: float) -> Latency:
        """Load for a while, then the latencies of what was written."""
        committed: dict[int, int] = {}
        first = self.next_value
        number = round(rate * seconds)
        loop = asyncio.get_running_loop()
        start = loop.time()
        writing = []
        for n in range(number):
            await asyncio.sleep(max(0.0, start + n / rate - loop.time()))
            writing.append(asyncio.create_task(self._write(first + n, committed)))
        await asyncio.gather(*writing)
        self.next_value += number

        async def all_seen() -> bool:
            return committed.keys() <= self.seen.keys()

        await eventually(all_seen, f"{number} events over {self.name}", PATIENCE_SECONDS)
        delays = sorted(
            (self.seen[value] - instant) / 1e6 for value, instant in committed.items() if value in self.seen
        )
        return Latency(delays[len(delays) // 2], delays[len(delays) * 99 // 100], number - len(delays))

    async def _write(self, value: int, committed: dict[int, int]) -> None:
        committed[value] = await self.writer.write(value, f"thing-{value % KEYS}")

    def signal(self, number: signal.Signals) -> None:
        """Stop its processes, or let them go on."""
        for process in self.processes:
            process.send_signal(number)

    async def stop(self) -> None:
        for process in self.processes:
            if process.returncode is None:
                process.kill()
                await process.wait()
        await self.writer.close()


@asynccontextmanager
async def server() -> AsyncIterator[SessionPostgres]:
    """A server of one candidate."""
    folder = Path(tempfile.mkdtemp(prefix="relais-bench-"))
    made = EmbeddedPostgres(folder, settings=SETTINGS)
    made.start()
    postgres = SessionPostgres(made, folder)
    try:
        yield postgres
    finally:
        await postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)


async def latencies(bootstrap: str, load: Load, debezium: Path | None) -> dict[str, list[Latency]]:
    """The latencies of each candidate, one a round."""
    opened: dict[str, Callable[[SessionPostgres], Awaitable[Candidate]]] = {
        "feed": partial(_ours, transport="feed", bootstrap=""),
        "kafka": partial(_ours, transport="kafka", bootstrap=bootstrap),
    }
    if debezium is not None:
        opened["debezium"] = partial(_debezium, python=debezium, name="debezium")
        opened["debezium over kafka"] = partial(
            _debezium, python=debezium, name="debezium over kafka", bootstrap=bootstrap
        )
    found: dict[str, list[Latency]] = {name: [] for name in opened}
    async with AsyncExitStack() as stack:
        candidates = []
        for start in opened.values():
            candidate = await start(await stack.enter_async_context(server()))
            stack.push_async_callback(candidate.stop)
            stack.callback(candidate.listen().cancel)
            await candidate.round(load.rate, WARM_UP_SECONDS)
            candidates.append(candidate)
        for candidate in candidates:
            candidate.signal(signal.SIGSTOP)
        for _ in range(load.rounds):
            for candidate in candidates:
                candidate.signal(signal.SIGCONT)
                await candidate.round(load.rate, SETTLE_SECONDS)
                found[candidate.name].append(await candidate.round(load.rate, load.seconds))
                candidate.signal(signal.SIGSTOP)
    return found


async def _ours(postgres: SessionPostgres, transport: str, bootstrap: str) -> Candidate:
    """Two processes: a source with its sequencer (and relay), a sink with its consumer."""
    source = await _database(postgres, f"source{transport}")
    sink = await _database(postgres, f"sink{transport}")
    candidate = Candidate(transport, await Writer.open(source("api")))
    module = [sys.executable, "-m", "tests.bench.event_processes"]
    feed_url = await candidate.spawn(*module, "source", source("worker"), bootstrap)
    await candidate.spawn(*module, "sink", sink("worker"), bootstrap, feed_url)
    return candidate


async def _debezium(postgres: SessionPostgres, python: Path, name: str, bootstrap: str = "") -> Candidate:
    """The engine alone, which hands records to its own process; or the engine, the broker and who reads from it."""
    component = f"source{name.replace(' ', '')}"
    source = await _database(postgres, component)
    candidate = Candidate(name, await Writer.open(source("api")))
    database = database_name(component)
    if bootstrap:
        await create(
            bootstrap, [Topic(DEBEZIUM_TOPIC, partitions=4, retention=None, sensitive=False, copies=1, in_sync=1)]
        )
    engine = [str(python), str(HERE / "debezium.py"), postgres.server.admin_dsn, database]
    await candidate.spawn(*engine, *((bootstrap, DEBEZIUM_TOPIC) if bootstrap else ()))
    admin = await asyncpg.connect(postgres.server.admin_dsn)

    async def streams() -> bool:
        return bool(await admin.fetchval("SELECT active FROM pg_replication_slots WHERE database = $1", database))

    await eventually(streams, "Debezium to stream", PATIENCE_SECONDS)
    await admin.close()
    if bootstrap:
        await candidate.spawn(sys.executable, "-m", "tests.bench.event_processes", "read", bootstrap, DEBEZIUM_TOPIC)
    return candidate


async def _database(postgres: SessionPostgres, component: str) -> Callable[[str], str]:
    """A database with the tables of the sample; gives the URL of each login role."""
    dsn = postgres.server.admin_dsn
    await provision(dsn, component, dict.fromkeys(ROLE_KINDS, "secret"))
    urls: dict[str, str] = {kind: component_url(dsn, component, kind, "secret") for kind in ROLE_KINDS}
    await upgrade(urls["migrator"], component, migrations=SAMPLES["source"])
    return urls.__getitem__
