"""Ports of one machine: chosen before anything starts, so that every process knows the others from its first second."""

from __future__ import annotations

import random
import socket
from collections.abc import Iterable

from kit.settings import COMPONENTS
from relais.errors import CommandError

LOOPBACK = "127.0.0.1"
HIGHEST_PORT = 65_535
# Room for services to follow a gateway, below 32768.
LISTENING = range(20_000, 32_000)
TRIES = 20
SERVICES = tuple(name for name in COMPONENTS if name != "gateway")
# The gateway and its services; platforms side by side are this far apart.
BLOCK = 1 + len(SERVICES)
STEP = 10


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
        raise CommandError(
            f"Le port {port} est déjà pris. Une plateforme écoute sur {BLOCK} ports : la passerelle sur"
            f" RELAIS_PORT, {', '.join(SERVICES)} sur les suivants. Un bloc libre : RELAIS_PORT={_free_block(port)}."
        )


def _free_block(taken: int) -> int:
    """A gateway's port with room for the services after it, tens away from the one that is taken."""
    near = (taken + STEP * n for n in range(1, TRIES))
    inside = (port for port in near if port + BLOCK - 1 <= HIGHEST_PORT)
    return next((port for port in inside if all(is_free(p) for p in range(port, port + BLOCK))), free_port())


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
