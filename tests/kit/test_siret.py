import pytest

from kit.siret import Siret


@pytest.mark.parametrize("number", ["73282932000074", "35600000000048", "35600000049837"])
def test_a_valid_siret_is_its_own_text(number: str) -> None:
    siret = Siret.parse(number)
    assert siret == number
    assert siret.siren == number[:9]
    assert f"{siret}" == number
    assert repr(siret) == f"Siret('{number}')"


@pytest.mark.parametrize(
    "number",
    [
        "",
        "73282932000079",
        "7328293200007",
        "732829320000740",
        "732 829 320 00074",
        "35600000049838",
        "7328293200007\n",
    ],
)
def test_anything_else_is_refused(number: str) -> None:
    with pytest.raises(ValueError, match="SIRET"):
        Siret.parse(number)


def test_the_siren_is_checked_too() -> None:
    """Luhn holds over the fourteen digits, not over the first nine."""
    with pytest.raises(ValueError, match="SIRET"):
        Siret.parse("73282932100073")
