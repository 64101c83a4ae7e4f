"""The trace: a tree of steps that says, for every figure, which rule and which article gave it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

import msgspec

from kit.money import Money
from kit.period import Month, Period
from kit.rate import Rate

Json = Any
# Most of what a trace holds; asked first, as a decision asks it hundreds of times.
_AS_THEY_ARE: Final = frozenset({str, int, bool, type(None)})
_AS_TEXT: Final = frozenset({Money, Rate, Month, Decimal, date})
# Words of closed lists first: they are most of the rest, and whether something is a mapping takes long to ask.
_NARROWER: Final = (str, int)
_MAPPINGS: Final = (dict, Mapping)
_SETS: Final = (set, frozenset)
_MANY: Final = (list, tuple, *_SETS)


def _of_its_kind(value: object) -> str | int:
    """A text or a number of a narrower type, as a SIRET is, which msgspec does not know by itself."""
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int):
        return int(value)
    raise TypeError(f"{type(value).__name__} has no place in a trace")


_ENCODER: Final = msgspec.json.Encoder(order="sorted", enc_hook=_of_its_kind)


def plain(value: object) -> Json:
    """A value as JSON holds it: amounts, rates and dates as strings. Refuses floats.

    >>> plain({"amount": Money(4920), "on": date(2026, 1, 1)})
    {'amount': '49.20', 'on': '2026-01-01'}
    """
    kind = type(value)
    if kind in _AS_THEY_ARE:
        return value
    if kind in _AS_TEXT:
        return str(value)
    if isinstance(value, _NARROWER):
        return value
    if isinstance(value, Period):
        return {"start": plain(value.start), "end": plain(value.end)}
    if isinstance(value, _MAPPINGS):
        return {str(k): v if type(v) in _AS_THEY_ARE else plain(v) for k, v in value.items()}
    if isinstance(value, _MANY):
        items = sorted(value) if isinstance(value, _SETS) else value
        return [plain(v) for v in items]
    raise TypeError(f"{kind.__name__} has no place in a trace")


def canonical(value: Json) -> bytes:
    """One byte form for equal values: sorted keys, no spaces, UTF-8.

    >>> from kit.siret import Siret
    >>> canonical({"siret": Siret("99985001900012"), "n": 1})
    b'{"n":1,"siret":"99985001900012"}'
    """
    return _ENCODER.encode(value)


@dataclass(frozen=True, slots=True)
class Trace:
    """One step: the rule, its reference (article or seed paragraph), what went in, what came out.

    >>> Trace("contribution", "accord art. 5.2", {"base": Money(240000)}, Money(4920)).json()["result"]
    '49.20'
    """

    rule: str
    reference: str
    inputs: Mapping[str, object]
    result: object
    steps: tuple[Trace, ...] = field(default=())
    # A step that many decisions share is put in this form once.
    _shown: dict[str, Json] = field(default_factory=dict, init=False, repr=False, compare=False)

    def json(self) -> dict[str, Json]:
        """The tree as interfaces and snapshots show it. Not to be changed."""
        if not self._shown:
            self._shown.update(
                rule=self.rule,
                reference=self.reference,
                inputs=plain(self.inputs),
                result=plain(self.result),
                steps=[step.json() for step in self.steps],
            )
        return self._shown

    @classmethod
    def read(cls, shown: Mapping[str, Json]) -> Trace:
        """The tree from its JSON; its values stay as they are shown.

        >>> one = Trace("a", "art. 1", {"base": Money(100)}, Money(5), (Trace("b", "", {}, 1),))
        >>> Trace.read(one.json()).json() == one.json()
        True
        """
        steps = tuple(cls.read(step) for step in shown["steps"])
        return cls(shown["rule"], shown["reference"], shown["inputs"], shown["result"], steps)


def said_again(former: Mapping[str, Json], now: Mapping[str, Json]) -> bool:
    """Whether a tree holds all that a former one said, in the same order: it may say more.

    >>> former = Trace("a", "", {"x": 1}, 2, (Trace("b", "", {}, 3),)).json()
    >>> now = Trace("a", "", {"x": 1, "y": 1}, 2, (Trace("c", "", {}, 4), Trace("b", "", {}, 3))).json()
    >>> said_again(former, now), said_again(now, former)
    (True, False)
    """
    same = all(former[part] == now[part] for part in ("rule", "reference", "result"))
    kept = all(name in now["inputs"] and now["inputs"][name] == value for name, value in former["inputs"].items())
    later = iter(now["steps"])
    return same and kept and all(any(said_again(step, one) for one in later) for step in former["steps"])


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a decision rests on and says: enough to recompute it to the same bytes."""

    kind: str
    inputs: Json
    rules: Json
    result: Json
    trace: Json

    def bytes(self) -> bytes:
        return canonical(
            {"kind": self.kind, "inputs": self.inputs, "rules": self.rules, "result": self.result, "trace": self.trace}
        )

    def digest(self) -> str:
        """SHA-256 of the canonical bytes, hexadecimal."""
        return hashlib.sha256(self.bytes()).hexdigest()


def used_rules(values: Iterable[Mapping[str, str]]) -> list[Mapping[str, str]]:
    """Rule versions in one order, each once: what a snapshot keeps."""
    unique = {canonical(dict(v)): dict(v) for v in values}
    return [unique[key] for key in sorted(unique)]
