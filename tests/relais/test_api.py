"""What the platform's client says to a person when it gets no answer, or a refusal."""

from __future__ import annotations

import pytest

from relais.api import REFUSED, Api, Refused, Unreachable
from relais.errors import USAGE
from relais.ports import free_port


def test_a_refusal_is_read_line_by_line() -> None:
    fields = [{"pointer": "/month", "detail": "Mois attendu.", "code": "month"}]
    refused = Refused("POST", "/v1/x", 422, {"code": "validation", "title": "Demande invalide", "errors": fields})
    assert str(refused).splitlines() == ["Demande invalide", "  /month : Mois attendu."]
    assert (refused.code, refused.exit_code) == ("validation", USAGE)
    once = Refused(
        "GET", "/v1/x", 404, {"title": "Compte inconnu", "errors": [{"pointer": "/x", "detail": "Compte inconnu"}]}
    )
    assert str(once) == "Compte inconnu\n  /x"
    failed = Refused("GET", "/v1/x", 500, "no problem at all")
    assert (str(failed), failed.exit_code) == ("GET /v1/x : 500", REFUSED)


def test_nobody_there_is_one_sentence() -> None:
    with Api(f"http://127.0.0.1:{free_port()}", "demo-hris", "x") as api, pytest.raises(Unreachable) as ended:
        api.get("/v1/events")
    assert str(ended.value).endswith("ne répond pas.")
