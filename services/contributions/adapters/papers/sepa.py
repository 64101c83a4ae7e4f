"""Transfers as a SEPA order (ISO 20022 pain.001.001.09). The same order always gives the same bytes.

`sepaxml` writes it; what it makes up (identifiers, the clock) is put right afterwards, and the whole is held against
the schema that `sepaxml` brings, so that no bank refuses a file for its form.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Final
from xml.etree import ElementTree as ET

import xmlschema
from sepaxml import SepaTransfer

from kit.iban import Iban
from services.contributions.domain.errors import OrderRefused
from services.contributions.domain.payment_order import Transfer

SCHEMA: Final = "pain.001.001.09"
_NAMESPACE: Final = f"urn:iso:std:iso:20022:tech:xsd:{SCHEMA}"
_IDENTIFIER: Final = 35
_DESCRIPTION: Final = 140


@dataclass(frozen=True, slots=True)
class Account:
    """Whose account: the name as the bank knows it, and the number."""

    name: str
    iban: Iban
    bic: str | None


def order_of(debtor: Account, pays: Sequence[tuple[Transfer, Account]], on: date, made_at: datetime) -> bytes:
    """The order, executed on a day. Raises OrderRefused where a name cannot be written."""
    sepa = SepaTransfer({**_account(debtor), "batch": True, "currency": "EUR"}, schema=SCHEMA, clean=True)
    for transfer, creditor in pays:
        sepa.add_payment(
            {
                **_account(creditor),
                "amount": transfer.amount.cents,
                "execution_date": on,
                "description": transfer.description[:_DESCRIPTION],
                "endtoend_id": transfer.reference,
            }
        )
    whole = ET.fromstring(sepa.export(validate=False))  # noqa: S314 - what was written a line above
    said = "|".join([*(transfer.reference for transfer, _ in pays), debtor.iban.reveal(), on.isoformat()])
    message = f"RELAIS-{sha256(said.encode()).hexdigest()}"[:_IDENTIFIER]
    for path, value in (
        ("GrpHdr/MsgId", message),
        ("GrpHdr/CreDtTm", made_at.strftime("%Y-%m-%dT%H:%M:%S")),
        ("PmtInf/PmtInfId", message),
    ):
        node = whole.find("/".join(f"{{{_NAMESPACE}}}{name}" for name in ("CstmrCdtTrfInitn", *path.split("/"))))
        assert node is not None, "the schema has it"
        node.text = value
    content = f'<?xml version="1.0" encoding="UTF-8"?>{ET.tostring(whole, "unicode")}'
    if not schema().is_valid(content):
        raise OrderRefused
    return content.encode()


@cache
def schema() -> xmlschema.XMLSchema:
    """The schema of the order, read once."""
    return xmlschema.XMLSchema((files("sepaxml") / "schemas" / f"{SCHEMA}.xsd").read_text(encoding="utf-8"))


def _account(one: Account) -> dict[str, str]:
    known = {"name": one.name, "IBAN": one.iban.reveal()}
    return known if one.bic is None else {**known, "BIC": one.bic}
