"""What the documentation shows of a scheme and of an accord: fictitious ones, small, that the registry accepts."""

from __future__ import annotations

from typing import Any, Final

EMPLOYER: Final = {"kind": "COMMUNE", "siret": "00000009100017", "name": "Commune de démonstration", "assumption": True}
INSURER: Final = "assureur-exemple"
_FROM: Final = "2026-01-01"
_SOURCE: Final = "exemple"
_ALL: Final = ["CNRACL", "IRCANTEC_FONCTIONNAIRE", "CONTRACTUEL_PUBLIC", "PRIVATE_LAW"]

SCHEME: Final[dict[str, Any]] = {
    "scheme": "exemple-2026",
    "title": "Accord collectif régional de démonstration",
    "signed_on": "2025-09-01",
    "coordinator": "cdg85",
    "centres": ["cdg85"],
    "unions": ["Syndicat de démonstration"],
    "minimum_employer_share": "0.5000",
    "levels": ["0.9000", "0.9500"],
    "market": {"from": _FROM, "to": "2031-12-31"},
    "conventions": [{"id": "exemple-2026", "insurer": INSURER, "from": _FROM, "to": "2031-12-31", "assumption": True}],
    "source": _SOURCE,
}
ACCORD: Final[dict[str, Any]] = {
    "agreement": "exemple-2026",
    "title": "Accord collectif local de démonstration",
    "scheme": "exemple-2026",
    "effective": {"from": _FROM},
    "signature": {"signed_on": "2025-12-15", "originals": 2, "publicity": "CGFP L. 226-1"},
    "employers": [{**EMPLOYER, "from": _FROM}],
    "insurers": [{"code": INSURER, "name": "Assureur d'exemple", "from": _FROM, "assumption": True}],
    "signatories": [
        {"side": "EMPLOYER", "party": EMPLOYER["name"], "name": "Camille EXEMPLE", "deliberation": "2025-12-01"},
        {"side": "UNION", "party": "Syndicat de démonstration", "name": "Dominique EXEMPLE", "mandate": "mandaté"},
    ],
    "guarantees": [
        {
            "code": "BASE",
            "mandatory": True,
            "populations": _ALL,
            "source": _SOURCE,
            "rates": [{"from": _FROM, "rate": "0.0205", "employer_share": "1.0000", "source": _SOURCE}],
            "benefit": {
                "target": "0.9500",
                "elements": ["TIB", "NBI", "RI"],
                "starts": "HALF_PAY",
                "annuity": {
                    "formula": "PRORATED_I_OVER_50",
                    "full_rate_from": "0.5000",
                    "atmp_from": "0.6600",
                    "categories": ["2", "3"],
                },
                "source": _SOURCE,
            },
        },
        {
            "code": "DEATH",
            "mandatory": False,
            "populations": _ALL,
            "source": _SOURCE,
            "rates": [{"from": _FROM, "rate": "0.0020", "employer_share": "1.0000", "source": _SOURCE}],
            "benefit": {"share_of_annual_base": "0.5000", "advance_on_iad": "1.0000", "source": _SOURCE},
        },
    ],
    "contribution_base": [
        {
            "populations": ["CNRACL", "IRCANTEC_FONCTIONNAIRE", "CONTRACTUEL_PUBLIC"],
            "elements": ["TIB", "NBI", "RI"],
            "tpp": "AFTER",
            "source": _SOURCE,
        },
        {"populations": ["PRIVATE_LAW"], "elements": ["ALL"], "source": _SOURCE},
    ],
    "eligibility": {
        "return_days": 30,
        "deferring_leaves": ["CMO", "CLM", "CLD", "CGM", "DO"],
        "seniority_months": 6,
        "contract_months": 6,
        "seniority_kinds": ["CONTRACTUEL_PUBLIC"],
        "excluded_kinds": ["VACATAIRE"],
        "suspension": {"paid_keeps_cover": True, "contribution_on": "PAY_DUE", "source": _SOURCE},
        "source": _SOURCE,
    },
}
