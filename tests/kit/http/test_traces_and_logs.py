"""One trace from the caller to the log, and no person in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from kit.redaction import masked
from tests.kit.http.conftest import Sample

NIR = "185057800608436"
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


async def test_the_callers_trace_is_continued(sample: Sample) -> None:
    headers = {"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}
    assert (await sample.http.get("/v1/nowhere", headers=headers)).json()["trace_id"] == TRACE


@pytest.mark.parametrize("header", ["", "garbage", "00-0-0-0", f"00-{'0' * 32}-00f067aa0ba902b7-01"])
async def test_a_bad_traceparent_starts_a_new_trace(sample: Sample, header: str) -> None:
    trace_id = (await sample.http.get("/v1/nowhere", headers={"traceparent": header})).json()["trace_id"]
    assert len(trace_id) == 32
    assert int(trace_id, 16) != 0


SCRIPT = f"""
import logging, structlog
from kit import logs
logs.configure("claims")
log = structlog.get_logger("test")
log.info("agent {NIR}", agent="1 85 05 78 006 084 36", deep=[{{"x": "{NIR}"}}], number={NIR}, cause="cancer", n=3)
logging.getLogger("library").warning("value %s", "{NIR}")
try:
    int("pathology: cancer")
except ValueError:
    log.exception("failed")
    logging.getLogger("uvicorn.error").exception("failed too")
"""


def test_a_log_line_is_json_without_a_person() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True, timeout=30)
    info, library, failed, uvicorn = (json.loads(line) for line in done.stderr.splitlines())
    assert info["component"] == library["component"] == "claims"
    assert info["n"] == 3
    assert info["cause"] == "[masqué]"
    assert failed["exception"] == uvicorn["exception"] == "ValueError"
    assert failed["frames"] == ["<string>:9 <module>"]
    for secret in (NIR, "006 084", "cancer"):
        assert secret not in done.stderr


def test_a_siret_and_an_amount_stay() -> None:
    text = "employeur 21850191600013, 123456789.12 euros, 0197f0b2-7c1e-7000-8000-123456789012"
    assert masked(text) == text
    for shape in (NIR, NIR[:13], "2 53 07 2B 073 004 70", "1-85-05-78-006-084", "1\u202f85\u00a005 78 006 084 36"):
        assert masked(f"x {shape} y") == "x [masqué] y"


SPANS = """
from kit import telemetry
telemetry.configure("claims")
with telemetry.server_span("POST claims", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"):
    print(telemetry.current_traceparent())
telemetry.flush()
"""


def test_spans_are_recorded_when_they_are_collected() -> None:
    environment = {**os.environ, "OTEL_TRACES_EXPORTER": "console"}
    command = [sys.executable, "-c", SPANS]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30, env=environment)
    header, _, spans = done.stdout.partition("\n")
    span = json.loads(spans)
    assert span["context"]["trace_id"] == f"0x{TRACE}"
    assert span["parent_id"] == "0x00f067aa0ba902b7"
    assert span["resource"]["attributes"]["service.name"] == "relais-claims"
    assert header.split("-")[1:3] == [TRACE, span["context"]["span_id"].removeprefix("0x")]
