"""What every test may ask for. `await database("claims")` is a real, migrated, empty database of that component."""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import AsyncIterator, Iterator

import pytest
from hypothesis import settings

from tests.gateway.dashboard import chromium
from tests.kit.events.kafka import LACK, SessionBroker, transports
from tests.platform import TestPlatform, running_platform
from tests.postgres import ComponentDatabase, DatabaseFactory, SessionPostgres

# A noisy machine is not a wrong result: no deadline. `make deep` looks at a hundred times as many examples.
settings.register_profile("quick", deadline=None, max_examples=40)
settings.register_profile("deep", deadline=None, max_examples=5000)
settings.load_profile(os.environ.get("RELAIS_DEPTH", "quick"))

# What a script runs in its background ignores Ctrl-C, and so would all that is started from here.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_finish() -> None:
    """What was collected stays: looking through it for garbage, again and again, takes a part of a worker's time."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what did not run on this machine, and why: where the summary is written, whoever ran the tests."""
    if "kafka" not in transports():
        terminalreporter.write_line(f"left out: events over Kafka ({LACK}); RELAIS_REQUIRE=kafka makes it a failure")
    if not (chromium.executable() or chromium.REQUIRED):
        terminalreporter.write_line("left out: pages (no chromium); RELAIS_REQUIRE=browser makes it a failure")


# What is slow to start, once a session: the tests that ask for it go together.
SHARED = ("platform", "broker", "carrier")
# Files that take about as long by themselves.
LONG = (
    "tests/relais/test_run.py",
    "tests/relais/test_run_over_kafka.py",
    "tests/services/claims/domain/test_many_histories.py",
)


@pytest.hookimpl(tryfirst=True)  # before the workers read the groups
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With several workers, a file is one worker's, and so are all tests that share something slow.

    Those go first (`--no-loadscope-reorder`): whoever has the longest row to hoe is not to start last. Alone, tests are
    run as they were asked for.
    """
    if not hasattr(config, "workerinput"):
        return
    for item in items:
        asked = getattr(item, "fixturenames", ())
        file = item.nodeid.partition("::")[0]
        group = next((name for name in SHARED if name in asked), file).replace("carrier", "broker")
        item.add_marker(pytest.mark.xdist_group(group))
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    asked = getattr(item, "fixturenames", ())
    if any(name in asked for name in SHARED):
        return 0
    return 1 if item.nodeid.startswith(LONG) else 2


@pytest.fixture(scope="session")
async def postgres() -> AsyncIterator[SessionPostgres]:
    """The server of this session, started when the first test needs it."""
    session = SessionPostgres.start()
    yield session
    await session.stop()


@pytest.fixture
async def database(postgres: SessionPostgres) -> DatabaseFactory:
    """Databases by component name, each emptied the first time a test asks for it."""
    emptied: set[str] = set()

    async def of(component: str) -> ComponentDatabase:
        found = await postgres.component(component)
        if component not in emptied:
            emptied.add(component)
            await found.empty()
        return found

    return of


@pytest.fixture(scope="session")
async def platform() -> AsyncIterator[TestPlatform]:
    """Five applications and their PostgreSQL, with the accord in force; one for all tests that ask for it."""
    async with running_platform() as found:
        yield found


@pytest.fixture(scope="session")
def broker() -> Iterator[SessionBroker]:
    """The Kafka broker of this session, started when the first test needs it."""
    made = SessionBroker()
    yield made
    made.stop()
