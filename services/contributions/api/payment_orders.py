"""Payment orders: a SEPA file of what an employer owes. The accounts are those of the request, and are kept nowhere."""

from __future__ import annotations

from typing import Annotated, Any, Final, Self

from fastapi import Response
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from kit.http.auth import Principal, requires
from kit.http.route import Now, Tx, service_router
from kit.http.types import TEXT_PATTERN, Code, DateText, IbanText, Request, SiretText, example
from services.contributions.adapters.papers.sepa import Account
from services.contributions.application.order_payments import order_payments

router = service_router(tags=["Paiements"])
MAX_CREDITORS: Final = 100
# A name as a transfer may hold it (ISO 20022, Max70Text), and a BIC.
Name = Annotated[str, Field(min_length=1, max_length=70, pattern=TEXT_PATTERN)]
Bic = Annotated[str, Field(pattern=r"^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$")]
FILE: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "L'ordre de virement (pain.001.001.09)",
        "content": {"application/xml": {"schema": {"type": "string", "format": "binary"}}},
    }
}


class AccountRequest(Request):
    """An account, and its holder as the bank knows it."""

    name: Name
    iban: IbanText
    bic: Bic | None = None

    def account(self) -> Account:
        return Account(self.name, self.iban, self.bic)


class CreditorRequest(AccountRequest):
    """The account that a contract is paid to."""

    agreement: Code
    insurer: Code


class OrderRequest(Request):
    """What to pay, from which account, to which ones, and on which day."""

    model_config = example(
        {
            "employer": "99985001900012",
            # The contract's documentation outlives any near day.
            "execution_date": "2099-03-05",
            "debtor": {"name": "VILLE DE DEMONSTRATION", "iban": "FR7630006000011234567890189"},
            "creditors": [
                {
                    "agreement": "la-roche-sur-yon-2025",
                    "insurer": "demo-a",
                    "name": "ASSUREUR DE DEMONSTRATION A",
                    "iban": "FR7630001007941234567890185",
                }
            ],
        }
    )

    employer: SiretText
    execution_date: DateText
    debtor: AccountRequest
    creditors: Annotated[list[CreditorRequest], Field(min_length=1, max_length=MAX_CREDITORS)]

    @model_validator(mode="after")
    def _a_contract_has_one_account(self) -> Self:
        if len({(one.agreement, one.insurer) for one in self.creditors}) != len(self.creditors):
            raise PydanticCustomError("contract_named_twice", "Contrat nommé deux fois.")
        return self


@router.post(
    "/v1/payment-orders",
    response_class=Response,
    responses=FILE,
    summary="Ordre de virement SEPA de ce qu'un employeur doit (pain.001)",
)
async def order(
    body: OrderRequest, caller: Annotated[Principal, requires("contributions:read", computes=True)], tx: Tx, clock: Now
) -> Response:
    """A transfer a contract; its reference is the one to record the payment under once the bank has made it."""
    caller.check_employer(body.employer)
    creditors = {(one.agreement, one.insurer): one.account() for one in body.creditors}
    when = body.execution_date, clock.instant()
    content = await order_payments(tx, body.employer, body.debtor.account(), creditors, when)
    name = f"virement-{body.employer}-{body.execution_date.isoformat()}.xml"
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return Response(content, media_type="application/xml", headers=headers)
