"""From the lines of a part to blocks with named values; what is not mapped is named by line, rubric and reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self

from kit.nir import Nir
from services.contributions.domain.dsn.lines import Line, Why
from services.contributions.domain.dsn.norm import RUBRICS, Kind, value_of
from services.contributions.domain.dsn.reading import Part

_NIR: Final = "S21.G00.30.001"
_NTT: Final = "S21.G00.30.020"
# Identifiers that payrolls choose, and in which some put the NIR: such a value is no matricule of ours.
_CHOSEN: Final = frozenset({"matricule", "number", "public_number", "contract_number"})


@dataclass(frozen=True, slots=True)
class Block:
    """One occurrence of a block: its values by the names of `norm.RUBRICS`, amounts and dates in our form."""

    code: str
    line: int
    values: Mapping[str, str]

    def __getitem__(self, name: str) -> str | None:
        return self.values.get(name)


@dataclass(frozen=True, slots=True)
class Kept:
    """A line that is not mapped, and why; its content stays in the sealed part."""

    line: int
    rubric: str
    why: Why


@dataclass(frozen=True, slots=True)
class Mapped:
    """A part read. `nir` and `ntt` identify the person, and go nowhere but into a fingerprint."""

    blocks: tuple[Block, ...]
    kept: tuple[Kept, ...]
    mapped_lines: int
    nir: Nir | None = None
    ntt: str | None = field(default=None, repr=False)

    @property
    def matricule(self) -> str | None:
        return next((b["matricule"] for b in self.blocks if b["matricule"]), None)

    def json(self) -> list[dict[str, Any]]:
        """The blocks as JSON: nothing of a person's number is in them."""
        return [{"block": b.code, "line": b.line, "values": dict(b.values)} for b in self.blocks]

    @classmethod
    def of_json(cls, blocks: Iterable[Mapping[str, Any]]) -> Self:
        """The blocks again."""
        return cls(tuple(Block(b["block"], b["line"], b["values"]) for b in blocks), (), 0)


def map_part(part: Part) -> Mapped:
    """Map a part. Of another norm nothing is mapped: every line is kept."""
    if not part.context.known_norm and part.context.norm is not None:
        return Mapped((), tuple(Kept(line.number, line.rubric, Why.OTHER_NORM) for line in part.lines), 0)
    mapper = _Mapper(part)
    for line in part.lines:
        mapper.take(line)
    return mapper.done()


class _Mapper:
    def __init__(self, part: Part) -> None:
        self._part = part
        self._blocks: list[Block] = []
        self._kept: list[Kept] = []
        self._values: dict[str, str] = {}
        self._last = ""
        self._mapped = 0
        self._nir: Nir | None = None
        self._ntt: str | None = None

    def take(self, line: Line) -> None:
        why = line.why or self._why_not(line)
        if why is not None:
            self._kept.append(Kept(line.number, line.rubric, why))
        else:
            self._mapped += 1
        if line.rubric:
            self._last = line.rubric

    def _why_not(self, line: Line) -> Why | None:
        """Map the line, or say why it cannot be."""
        known = RUBRICS.get(line.rubric)
        if known is None:
            return Why.UNKNOWN_RUBRIC
        if self._part.continued and self._part.individual:
            return Why.PART_TOO_LONG
        if known.kind is Kind.IDENTITY:
            return self._identity(line)
        value = value_of(known.kind, line.value)
        if value is None:
            return Why.VALUE
        if known.name in _CHOSEN and _is_nir(value):
            return Why.IDENTITY
        begins = line.block != self._last.rpartition(".")[0] or line.rubric <= self._last
        if begins or not self._blocks or self._blocks[-1].code != line.block:
            self._values = {}
            self._blocks.append(Block(line.block, line.number, self._values))
        self._values[known.name] = value
        return None

    def _identity(self, line: Line) -> Why | None:
        if line.rubric == _NIR:
            try:
                self._nir = Nir.from_dsn(line.value)
            except ValueError:
                return Why.IDENTITY
            return None
        if value_of(Kind.CODE, line.value) is None:
            return Why.IDENTITY
        self._ntt = line.value
        return None

    def done(self) -> Mapped:
        return Mapped(tuple(self._blocks), tuple(self._kept), self._mapped, self._nir, self._ntt)


def _is_nir(text: str) -> bool:
    """Whether it is a NIR, with its key or without."""
    for read in (Nir.parse, Nir.from_dsn):
        try:
            read(text)
        except ValueError:
            continue
        return True
    return False
