"""Ports are chosen before anything starts."""

from __future__ import annotations

import random
import socket

import pytest

from relais.commands import sandbox
from relais.errors import USAGE, CommandError
from relais.ports import BLOCK, choose, is_free


def _taken_after_a_free_one() -> socket.socket:
    """A listener whose neighbour below is free, under the ports the system gives to whoever asks (from 32 768 on)."""
    for gateway in random.sample(range(20_000, 32_000), 100):
        other = socket.socket()
        try:
            other.bind(("127.0.0.1", gateway + 1))
        except OSError:
            other.close()
            continue
        other.listen()
        if is_free(gateway):
            return other
        other.close()
    raise AssertionError("a hundred ports tried, no free pair")


def test_services_follow_the_gateway_and_step_around_what_is_taken() -> None:
    with _taken_after_a_free_one() as other:
        gateway = other.getsockname()[1] - 1
        ports = choose(gateway, ["agreements", "eligibility"])
    assert ports["gateway"] == gateway
    assert gateway + 1 not in ports.values()
    assert len(set(ports.values())) == 3


def test_a_taken_port_is_one_sentence_that_names_it() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        with pytest.raises(CommandError, match=str(taken)) as refusal:
            choose(taken, [])
    assert refusal.value.exit_code == USAGE
    assert "\n" not in str(refusal.value)
    offered = int(str(refusal.value).rpartition("RELAIS_PORT=")[2].rstrip("."))
    assert all(is_free(port) for port in range(offered, offered + 5)), "a block that is free"


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_what_is_no_port_is_refused(port: int) -> None:
    with pytest.raises(CommandError, match="n'est pas un port"):
        choose(port, [])


def test_a_sandbox_leaves_the_ports_of_a_first_and_of_a_second_platform_alone() -> None:
    near = {port for gateway in (8080, 8090, 8100) for port in range(gateway, gateway + BLOCK)}
    assert not near & set(range(sandbox.PORT, sandbox.PORT + BLOCK))
