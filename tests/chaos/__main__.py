"""Kill -9 at random under load: nothing acknowledged is lost, nothing is done twice.

    python -m tests.chaos [--kills 100] [--writers 24] [--seed 1]

Writers hire agents and send their pay through the gateway, each repeating its request until it is acknowledged.
Meanwhile an api, a worker, the gateway, PostgreSQL or Kafka is killed and started again, as often each, in a seeded
order, with twenty requests under way at least. Afterwards rows, events and their effects in other services are compared
with what was acknowledged. The last line is the same as JSON. Exit code 1 when something is lost or there twice, or an
answer was a fault of ours (500) rather than a refusal to be repeated.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Final

from relais.api import Api
from relais.seed import SEEN_ON, load_accord
from rules.book import RuleBook
from tests.chaos.ledger import Findings, Ledger
from tests.chaos.load import CLIENT, Load
from tests.chaos.victims import KINDS, Victims, victims

# Between two kills, so that what was killed is at work again, or still starting.
PAUSE_SECONDS: Final = (0.5, 4.0)
SHOWN: Final = 20
STAFF: Final = "demo-staff"


async def storm(platform: Victims, load: Load, kills: int, chance: Random) -> Counter[str]:
    """Kill as asked, one at a time, under load; how often each kind was."""
    kinds = [KINDS[n % len(KINDS)] for n in range(kills)]
    chance.shuffle(kinds)
    least = 0
    for number, kind in enumerate(kinds, start=1):
        await asyncio.sleep(chance.uniform(*PAUSE_SECONDS))
        await load.busy()
        least = load.in_flight if number == 1 else min(least, load.in_flight)
        name = await platform.kill(kind, chance)
        sys.stderr.write(f"{number}/{kills} {name}, {len(load.acknowledged.pay)} acknowledged\n")
    sys.stderr.write(f"at least {least} requests in flight at a kill\n")
    return Counter(kinds)


def _load_accord(platform: Victims) -> None:
    with Api(platform.layout.gateway, STAFF, platform.credentials.clients[STAFF]) as staff:
        load_accord(staff)


async def run(kills: int, writers: int, seed: int) -> int:
    """One storm on a platform of its own."""
    with tempfile.TemporaryDirectory(prefix="relais-chaos-") as folder:
        async with victims(Path(folder)) as platform:
            await asyncio.to_thread(_load_accord, platform)
            point = RuleBook.load().at("index_point.yearly", SEEN_ON).value
            load = Load(platform.layout.gateway, platform.credentials.clients[CLIENT], point, writers=writers)
            load.start()
            killed = await storm(platform, load, kills, Random(seed))
            await load.stop()
            ledger = Ledger(platform.layout.admin_dsn)
            await ledger.settled()
            found = await ledger.findings(load.acknowledged)
    return report(killed, load, found)


def report(killed: Counter[str], load: Load, found: Findings) -> int:
    """Say it to a person, then to a program."""
    faults = list(load.faults.elements())
    for what, cases in (("lost", found.lost), ("doubled", found.doubled), ("fault", faults)):
        for case in cases[:SHOWN]:
            sys.stderr.write(f"{what}: {case}\n")
    told = {
        "kills": killed.total(),
        "by_kind": dict(sorted(killed.items())),
        "acknowledged": len(load.acknowledged.agents) + len(load.acknowledged.pay),
        "repeated": load.repeated,
        "lost": len(found.lost),
        "doubled": len(found.doubled),
        "faults": len(faults),
    }
    sys.stdout.write(json.dumps(told) + "\n")
    return 1 if found.lost or found.doubled or faults else 0


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line above."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.chaos", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--writers", type=int, default=24)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(arguments)
    return asyncio.run(run(asked.kills, asked.writers, asked.seed))


if __name__ == "__main__":
    sys.exit(main())
