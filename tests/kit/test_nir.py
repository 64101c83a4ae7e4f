import copy
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.nir import Nir

WOMAN = "295109912611193"
CORSICA_A, CORSICA_B = "253072A07300443", "253072B07300470"


@pytest.mark.parametrize("number", [WOMAN, CORSICA_A, CORSICA_B, "2 95 10 99 126 111 93", "253072b07300470"])
def test_a_valid_number_is_read(number: str) -> None:
    assert Nir.parse(number).reveal() == number.replace(" ", "").upper()


@pytest.mark.parametrize(
    "number",
    [
        "",
        "295109912611194",  # key
        "295109912611193\n",
        "2951099126111",  # no key
        "2951099126111933",
        "595109912611193",  # first digit
        "253072C07300443",  # department
        "25307AA07300443",
        "٢95109912611193",  # a digit, but not one of ours
    ],
)
def test_anything_else_is_refused_without_being_repeated(number: str) -> None:
    with pytest.raises(ValueError, match="NIR") as caught:
        Nir.parse(number)
    assert not number or number not in str(caught.value)
    assert caught.value.__cause__ is None


def test_the_key_of_a_dsn_number_is_computed_in_corsica_too() -> None:
    assert Nir.from_dsn(WOMAN[:13]).reveal() == WOMAN
    assert Nir.from_dsn(CORSICA_A[:13]).reveal() == CORSICA_A
    assert Nir.from_dsn(CORSICA_B[:13]).dsn == CORSICA_B[:13]


@pytest.mark.parametrize("number", ["", WOMAN, "29510991261", "295X099126111", "25307XX073004", "595109912611²"])
def test_a_dsn_number_has_thirteen_characters(number: str) -> None:
    with pytest.raises(ValueError, match="treize"):
        Nir.from_dsn(number)


def test_it_is_never_shown_by_accident() -> None:
    nir = Nir.parse(WOMAN)
    shown = [repr(nir), str(nir), f"{nir}", f"{nir!r}", str([nir]), str({"nir": nir})]
    assert not any(WOMAN[:4] in text for text in shown)
    for way in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            way(nir)


def test_equal_numbers_are_equal() -> None:
    assert Nir.parse(WOMAN) == Nir.parse("2 95 10 99 126 111 93")
    assert len({Nir.parse(WOMAN), Nir.parse(WOMAN), Nir.parse(CORSICA_A)}) == 2
    assert Nir.parse(WOMAN) != WOMAN


@given(
    st.builds(
        "{}{:02}{:02}{}{:03}{:03}".format,
        st.sampled_from("123478"),
        st.integers(0, 99),
        st.integers(1, 99),
        st.sampled_from(["2A", "2B", "85", "01", "97", "99"]),
        st.integers(0, 999),
        st.integers(0, 999),
    ),
    st.integers(0, 14),
    st.integers(1, 9),
)
def test_one_wrong_digit_is_always_seen(number: str, position: int, shift: int) -> None:
    """97 is prime and above every digit's weight: provisional months (20 to 42, 50 to 99) included."""
    full = Nir.from_dsn(number).reveal()
    if not full[position].isdigit():
        return
    wrong = f"{full[:position]}{(int(full[position]) + shift) % 10}{full[position + 1 :]}"
    with pytest.raises(ValueError, match="NIR"):
        Nir.parse(wrong)
