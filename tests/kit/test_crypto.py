import copy
import json
import pickle
from collections.abc import Callable
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.crypto import DataKey, InvalidKeyRing, KeyRing, Undecipherable
from kit.nir import Nir

FIRST = KeyRing.generate("2025-1")
SECOND = KeyRing.rotated(FIRST, "2026-1")
OLD, NEW = KeyRing.parse(FIRST), KeyRing.parse(SECOND)
NIR = Nir.parse("295109912611193")


@given(plain=st.binary(max_size=200), place=st.text(max_size=40))
def test_what_is_closed_opens_in_its_place_only(plain: bytes, place: str) -> None:
    sealed = NEW.encrypt(plain, place)
    assert NEW.decrypt(sealed, place) == plain
    with pytest.raises(Undecipherable):
        NEW.decrypt(sealed, place + "'")


@given(plain=st.binary(max_size=40), position=st.integers(0), flip=st.integers(1, 255))
def test_one_changed_byte_anywhere_is_seen(plain: bytes, position: int, flip: int) -> None:
    sealed = bytearray(NEW.encrypt(plain, "here"))
    sealed[position % len(sealed)] ^= flip
    with pytest.raises(Undecipherable):
        NEW.decrypt(bytes(sealed), "here")


@given(st.binary(max_size=120))
def test_what_is_not_ours_does_not_open(noise: bytes) -> None:
    for way in (lambda: NEW.decrypt(noise, "here"), lambda: DataKey.new().decrypt(noise, "here")):
        with pytest.raises(Undecipherable):
            way()


def test_the_same_text_is_never_closed_the_same_way_twice() -> None:
    key = DataKey.new()
    assert len({NEW.encrypt(b"x", "here") for _ in range(50)}) == 50
    assert len({key.encrypt("x", "here") for _ in range(50)}) == 50


def test_after_a_rotation_the_old_opens_and_the_new_closes() -> None:
    sealed = OLD.encrypt(b"secret", "here")
    assert KeyRing.key_id(sealed) == "2025-1"
    assert NEW.decrypt(sealed, "here") == b"secret"
    renewed = NEW.renewed(sealed, "here")
    assert renewed is not None
    assert KeyRing.key_id(renewed) == "2026-1"
    assert NEW.decrypt(renewed, "here") == b"secret"
    assert NEW.renewed(renewed, "here") is None
    with pytest.raises(Undecipherable):
        OLD.decrypt(renewed, "here")


def test_an_agents_key_opens_that_agents_data_and_survives_a_rotation() -> None:
    wrapped, key = OLD.new_data_key("agent-1")
    sealed = key.encrypt(NIR.reveal(), "agents.nir:agent-1")
    renewed = NEW.renewed_data_key(wrapped, "agent-1")
    assert renewed is not None
    for stored in (wrapped, renewed):
        assert NEW.open_data_key(stored, "agent-1").decrypt(sealed, "agents.nir:agent-1") == NIR.reveal()
        with pytest.raises(Undecipherable):
            NEW.open_data_key(stored, "agent-2")


def test_without_the_agents_key_the_ring_opens_nothing() -> None:
    """Erasing a person is forgetting the wrapped key."""
    _, key = NEW.new_data_key("agent-1")
    sealed = key.encrypt("Zoé", "agents.name:agent-1")
    _, other = NEW.new_data_key("agent-1")
    with pytest.raises(Undecipherable):
        other.decrypt(sealed, "agents.name:agent-1")
    with pytest.raises(Undecipherable):
        NEW.decrypt(sealed, "agents.name:agent-1")


def test_the_blind_index_finds_equals_and_keeps_its_value_through_a_rotation() -> None:
    assert OLD.blind_index(NIR) == NEW.blind_index(NIR) == NEW.blind_index(NIR.reveal())
    assert len(NEW.blind_index(NIR)) == 64
    assert NIR.reveal() not in NEW.blind_index(NIR)
    assert NEW.blind_index(NIR) != NEW.blind_index(NIR, purpose="partner")
    assert NEW.blind_index(NIR) != KeyRing.parse(KeyRing.generate("2026-1")).blind_index(NIR)


def test_no_key_is_shown_or_copied_away() -> None:
    _, key = NEW.new_data_key("agent-1")
    assert repr(key) == "DataKey(***)"
    assert repr(NEW) == "KeyRing(current='2026-1', 2 keys)"
    for holder in (key, NEW):
        for way in (pickle.dumps, copy.copy):
            with pytest.raises(TypeError):
                way(holder)


def changed(**changes: object) -> str:
    return json.dumps({**json.loads(FIRST), **changes})


KEYS = json.loads(FIRST)["keys"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        "{}",
        changed(keys=[]),
        changed(keys={}),
        changed(current="2024-1"),
        changed(keys={"2025-1": "c2hvcnQ="}),
        changed(keys={"2025-1": "not base64!"}),
        changed(keys={"2025-1": 5}),
        changed(index="c2hvcnQ="),
        changed(index=KEYS["2025-1"]),
        changed(keys={**KEYS, "again": KEYS["2025-1"]}),
        changed(current="", keys={"": KEYS["2025-1"]}),
        changed(current="x" * 65, keys={"x" * 65: KEYS["2025-1"]}),
    ],
    ids=count(),
)
def test_a_ring_that_cannot_be_read_is_refused_without_showing_a_key(text: str) -> None:
    with pytest.raises(InvalidKeyRing) as caught:
        KeyRing.parse(text)
    assert KEYS["2025-1"] not in str(caught.value)


def test_a_key_id_is_used_once() -> None:
    with pytest.raises(InvalidKeyRing):
        KeyRing.rotated(SECOND, "2025-1")


@pytest.mark.parametrize("build", [DataKey, lambda key: KeyRing({"k": key}, "k", b"i" * 32)])
def test_a_key_of_another_length_is_refused(build: Callable[[bytes], object]) -> None:
    with pytest.raises(ValueError, match=r"key|Key"):
        build(b"k" * 31)
