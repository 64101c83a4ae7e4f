"""Pages of a partner's feed a second: of events that name agents, each page on record, and of events that name nobody.

    python -m tests.bench.gateway_feed [--rounds 5] [--seconds 3] [--page 100]

Needs wrk (`apt-get install --no-install-recommends wrk`). The pages are as large and read in the same way, at places
drawn at random; every agent is of one event. Figures are medians over rounds, the ratio that of each round.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from statistics import median
from typing import Any, Final

import asyncpg
import uvloop

from kit.db.provision import database_name
from tests.bench.gateway_door import OF_AGENTS, OF_NOBODY, Doors
from tests.bench.gateway_peers import Tools

EVENTS: Final = 20_000
CONNECTIONS: Final = (1, 16)
_FILL: Final = """
    INSERT INTO partner_event (insurer, position, event, type, topic, key, envelope)
    SELECT $1, n, gen_random_uuid(), 'fr.psc.eligibility.affiliation.started.v1', 'psc.eligibility.agent.v1', n,
           json_build_object('id', gen_random_uuid(), 'type', 'fr.psc.eligibility.affiliation.started.v1',
                             'source', '/eligibility', 'sequence', '000000000001', 'subject', repeat('x', 300),
                             'data', json_build_object($2::text, gen_random_uuid(), 'from', '2026-01-01'))
      FROM generate_series(1, $3::int) AS n
"""
_ASK: Final = """
    math.randomseed(os.time())
    request = function()
        return wrk.format("GET", "/v1/events?limit={page}&after={epoch}:" .. math.random(0, {last}))
    end
"""


async def measure(wrk: str, rounds: int, seconds: int, page: int) -> None:
    found: dict[tuple[int, str], list[float]] = defaultdict(list)
    async with Doors.opened() as doors, _connected(doors) as server:
        for client, field in ((OF_AGENTS, "agent"), (OF_NOBODY, "statement")):
            await server.execute(_FILL, client.insurer, field, EVENTS)
        await server.execute("ANALYZE partner_event")
        script = doors.folder / "ask.lua"
        epoch = await server.fetchval("SELECT epoch FROM feed_meta")
        script.write_text(_ASK.format(last=EVENTS - page, page=page, epoch=epoch), encoding="ascii")
        with doors.door("http://127.0.0.1:1") as url:
            for number in range(rounds + 1):
                for connections in CONNECTIONS:
                    for client in (OF_NOBODY, OF_AGENTS):
                        bearer = f"Authorization: Bearer {await doors.token(client)}"
                        options = [f"-c{connections}", "-t1", f"-d{seconds if number else 1}s", "-s", str(script)]
                        rate = _load([wrk, *options, "-H", bearer, url])
                        if number:  # the first round warms up
                            found[connections, client.id].append(rate)
        entries, size = await server.fetchrow("SELECT count(*), pg_total_relation_size('audit_entry') FROM audit_entry")
    for connections in CONNECTIONS:
        plain, audited = (found[connections, client.id] for client in (OF_NOBODY, OF_AGENTS))
        ratio = median(a / b for a, b in zip(audited, plain, strict=True))
        said = f"of nobody {median(plain):,.0f}/s, of agents and on record {median(audited):,.0f}/s: {ratio:.2f}x"
        sys.stdout.write(f"pages of {page} events, {connections} connections: {said}\n")
    sys.stdout.write(f"{entries} entries of the trail, {size / max(entries, 1):,.0f} bytes each with its indexes\n")


@asynccontextmanager
async def _connected(doors: Doors) -> AsyncIterator[asyncpg.Connection[Any]]:
    server = await asyncpg.connect(doors.admin_dsn, database=database_name("gateway"))
    try:
        yield server
    finally:
        await server.close()


def _load(command: list[str]) -> float:
    """Raises AssertionError when an answer was not a success: a refusal is quick and worth nothing."""
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert "Non-2xx" not in said, said
    found = re.search(r"Requests/sec:\s+([\d.]+)", said)
    assert found is not None, said
    return float(found[1])


def main() -> int:
    parser = argparse.ArgumentParser(description="Pages of a feed a second, on record or not.")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--page", type=int, default=100)
    given, wrk = parser.parse_args(), Tools.found(None).wrk
    if wrk is None:
        sys.stdout.write("lacking: wrk (see the module's docstring)\n")
        return 1
    uvloop.run(measure(wrk, given.rounds, given.seconds, given.page))
    return 0


if __name__ == "__main__":
    sys.exit(main())
