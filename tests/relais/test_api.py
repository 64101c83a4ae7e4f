"""What the platform's client says to a person when it gets no answer, or a refusal."""

from __future__ import annotations

import pytest

from relais.api import Api, Refused, Unreachable
from relais.ports import free_port


def test_a_refusal_is_read_line_by_line() -> None:
    fields = [{"pointer": "/month", "detail": "Mois attendu.", "code": "month"}]
    refused = Refused("POST", "/v1/x", 422, {"code": "validation", "title": "Demande invalide", "errors": fields})
    assert str(refused).splitlines() == ["POST /v1/x : 422 validation Demande invalide", "  /month : Mois attendu."]
    assert refused.code == "validation"


def test_nobody_there_is_one_sentence() -> None:
    with Api(f"http://127.0.0.1:{free_port()}", "demo-hris", "x") as api, pytest.raises(Unreachable) as ended:
        api.get("/v1/events")
    assert str(ended.value).endswith("ne répond pas.")
