"""One trace from the caller to the log, and no person in it."""

from __future__ import annotations

import json
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
    for shape in (NIR, NIR[:13], "2 53 07 2B 073 004 70", "1-85-05-78-006-084"):
        assert masked(f"x {shape} y") == "x [masqué] y"
