"""Cut a DSN into parts while it arrives: heads (sender, declaration, establishment, payments) and individuals.

No line is lost: the lines of all parts, in their order, are the lines of the file. The reader can be put down between
two lines and taken up again from what it wrote, so a file may come in pieces of any size.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any, Final, Self

from kit.period import Month
from kit.siret import Siret
from services.contributions.domain.dsn.lines import Line, read_line
from services.contributions.domain.dsn.norm import KNOWN_NORM, RUBRICS, month_of, value_of

INDIVIDUAL: Final = "S21.G00.30"
ESTABLISHMENT: Final = "S21.G00.11"
_DECLARATION: Final = "S20.G00.05"
_SENDER: Final = "S10.G00.00"
_TRAILER: Final = "S90.G00.90"
# What stands outside individuals. Payments are read wherever they come.
_HEADS: Final = frozenset(
    {_SENDER, "S10.G00.01", "S10.G00.02", _DECLARATION, "S20.G00.07", "S20.G00.08", "S21.G00.06", ESTABLISHMENT}
    | {"S21.G00.12", "S21.G00.13", "S21.G00.15", "S21.G00.16", "S21.G00.20", "S21.G00.22", "S21.G00.23"}
    | {"S21.G00.55", _TRAILER}
)
# A second one of these in a head begins another head.
_AGAIN: Final = frozenset({_SENDER, _DECLARATION, ESTABLISHMENT})
# A part is bounded: what goes on longer is cut into several.
MAX_LINES: Final = 1 << 14  # lint(law) because it bounds memory
MAX_PART_BYTES: Final = 1 << 21  # lint(law) because it bounds memory
_CONTEXT: Final = {
    "S10.G00.00.006": "norm",
    "S20.G00.05.001": "nature",
    "S20.G00.05.002": "type",
    "S20.G00.05.003": "fraction",
    "S20.G00.05.005": "month",
    "S21.G00.06.001": "siren",
    "S21.G00.11.001": "nic",
}


@dataclass(frozen=True, slots=True)
class Context:
    """What the heads so far say: norm, nature, fraction and month of the declaration, the establishment."""

    norm: str | None = None
    nature: str | None = None
    type: str | None = None
    fraction: str | None = None
    month: Month | None = None
    siren: str | None = None
    nic: str | None = None

    @property
    def siret(self) -> Siret | None:
        """None when not stated, or not valid."""
        try:
            return Siret.parse(f"{self.siren or ''}{self.nic or ''}")
        except ValueError:
            return None

    @property
    def known_norm(self) -> bool:
        return self.norm == KNOWN_NORM

    def told(self, line: Line) -> Context:
        """With what one line of a head says."""
        name = _CONTEXT.get(line.rubric)
        said = name and value_of(RUBRICS[line.rubric].kind, line.value)
        if line.rubric.endswith(".001") and line.block == _DECLARATION:
            return Context(norm=self.norm, nature=said)
        if name is None or said is None:
            return self
        if name == "month":
            return replace(self, month=month_of(said))
        changed: dict[str, Any] = {name: said}
        return replace(self, **changed)


@dataclass(frozen=True, slots=True)
class Part:
    """Consecutive lines: a head or an individual. `opens`: it names an establishment, hence begins a declaration.

    `whole` False: it was too long, and goes on in the next part.
    """

    individual: bool
    lines: tuple[Line, ...]
    context: Context
    opens: bool
    whole: bool = True
    continued: bool = False


@dataclass(slots=True)
class Reader:
    """Feed lines, take parts; `finish` gives the last. `digest` is of all lines so far."""

    charset: str | None = None
    context: Context = field(default_factory=Context)
    digest: str = ""
    ended: bool = False
    _held: list[Line] = field(default_factory=list)
    _bytes: int = 0
    _individual: bool = False
    _continued: bool = False
    _seen: set[str] = field(default_factory=set)
    _last: str = ""

    def feed(self, number: int, raw: bytes) -> Iterator[Part]:
        """Take one line; yields the part that it ends, if any."""
        line = read_line(number, raw, self.charset)
        self.digest = sha256(self.digest.encode() + raw).hexdigest()
        begins = bool(line.rubric) and (line.block != self._last.rpartition(".")[0] or line.rubric <= self._last)
        if begins and self._held and self._ends(line.block):
            yield self._part()
            self._individual, self._continued = line.block == INDIVIDUAL, False
        elif self._held and (len(self._held) >= MAX_LINES or self._bytes + len(raw) > MAX_PART_BYTES):
            yield self._part(whole=False)
            self._continued = True
        elif not self._held:
            self._individual = line.block == INDIVIDUAL
        self._held.append(line)
        self._bytes += len(raw)
        if line.rubric:
            self._last = line.rubric
            self._seen.add(line.block)
            self.ended = self.ended or line.block == _TRAILER
            if not self._individual:
                self.context = self.context.told(line)

    def finish(self) -> Iterator[Part]:
        """The last part."""
        if self._held:
            yield self._part()

    def _ends(self, block: str) -> bool:
        """Whether a block that begins ends what is held."""
        if block == INDIVIDUAL:
            return True
        return block in _HEADS if self._individual else block in _AGAIN & self._seen

    def _part(self, *, whole: bool = True) -> Part:
        opens = not self._individual and ESTABLISHMENT in self._seen
        part = Part(self._individual, tuple(self._held), self.context, opens, whole, self._continued)
        self._held, self._bytes, self._seen = [], 0, set()
        return part

    def put_down(self) -> dict[str, Any]:
        """All it holds, as JSON. Raw lines go as Latin-1, which has a character for every byte."""
        said = self.context
        return {
            "charset": self.charset,
            "context": {
                **{name: getattr(said, name) for name in ("norm", "nature", "type", "fraction", "siren", "nic")},
                "month": said.month and str(said.month),
            },
            "digest": self.digest,
            "ended": self.ended,
            "held": [[line.number, line.raw.decode("latin-1")] for line in self._held],
            "individual": self._individual,
            "continued": self._continued,
            "seen": sorted(self._seen),
            "last": self._last,
        }

    @classmethod
    def take_up(cls, state: Mapping[str, Any]) -> Self:
        """The reader as it was put down."""
        month = state["context"]["month"]
        context = Context(**{**state["context"], "month": month and Month.parse(month)})
        held = [read_line(number, raw.encode("latin-1"), state["charset"]) for number, raw in state["held"]]
        return cls(
            charset=state["charset"],
            context=context,
            digest=state["digest"],
            ended=state["ended"],
            _held=held,
            _bytes=sum(len(line.raw) for line in held),
            _individual=state["individual"],
            _continued=state["continued"],
            _seen=set(state["seen"]),
            _last=state["last"],
        )
