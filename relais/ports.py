"""Ports of one machine: chosen before anything starts, so that every process knows the others from its first second."""

from __future__ import annotations

import random
import socket
from collections.abc import Iterable

from relais.errors import CommandError

LOOPBACK = "127.0.0.1"
HIGHEST_PORT = 65_535
# Room for services to follow a gateway, below 32768.
LISTENING = range(20_000, 32_000)
TRIES = 20


def is_free(port: int, host: str = LOOPBACK) -> bool:
    """Whether a server could listen there now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def free_port(host: str = LOOPBACK) -> int:
    """A port to listen on, below those that the system gives to connections which go out: none takes it meanwhile."""
    for _ in range(TRIES):
        port = random.choice(LISTENING)  # noqa: S311 - no secret
        if is_free(port, host):
            return port
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def check_free(port: int) -> None:
    """Raises CommandError when nothing can listen there."""
    if not 1 <= port <= HIGHEST_PORT:
        raise CommandError(f"RELAIS_PORT={port} n'est pas un port (1 à {HIGHEST_PORT}).")
    if not is_free(port):
        raise CommandError(f"Le port {port} est déjà pris. Libérez-le, ou choisissez-en un autre : RELAIS_PORT=…")


def choose(gateway: int, services: Iterable[str]) -> dict[str, int]:
    """The gateway's port as asked, and for each service the next free one after it, or one the system gives.

    Raises CommandError when the gateway's port is taken.

    >>> ports = choose(free_port(), ["claims", "eligibility"])
    >>> len(set(ports.values()))
    3
    """
    check_free(gateway)
    chosen = {"gateway": gateway}
    for offset, service in enumerate(services, start=1):
        near = gateway + offset
        chosen[service] = near if near <= HIGHEST_PORT and is_free(near) else free_port()
    return chosen
