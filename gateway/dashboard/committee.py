"""The committee's paper: the figures of the steering page on A4, as they were on a day."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table

from gateway.dashboard.words import NOTHING, Words

if TYPE_CHECKING:
    from gateway.dashboard.figures import Group
    from gateway.dashboard.pages.steering import Steering

_MARGIN: Final = 15 * mm
_STYLES: Final = getSampleStyleSheet()
_GRID: Final = [
    ("GRID", (0, 0), (-1, -1), 0.25, colors.grey),
    ("BACKGROUND", (0, 0), (-1, 0), colors.whitesmoke),
    ("ALIGN", (1, 0), (-1, -1), "RIGHT"),
    ("FONTSIZE", (0, 0), (-1, -1), 8),
]
# The standard fonts of PDF have neither of these.
_SPACES: Final = str.maketrans({"\N{NARROW NO-BREAK SPACE}": "\N{NO-BREAK SPACE}", "\N{MINUS SIGN}": "-"})


def committee_pdf(words: Words, found: Steering, labels: Sequence[str]) -> bytes:
    """The same figures always give the same bytes."""
    written = io.BytesIO()
    title = words.t("steering.paper", year=found.year)
    document = SimpleDocTemplate(
        written,
        pagesize=landscape(A4),
        title=title,
        author="Relais",
        invariant=1,
        leftMargin=15 * mm,
        topMargin=15 * mm,
    )
    document.build([*_head(words, found, title), *_groups(words, found, labels), *_absence(words, found)])
    return written.getvalue()


def _head(words: Words, found: Steering, title: str) -> Iterable[Flowable]:
    yield Paragraph(_plain(title), _STYLES["Title"])
    yield Paragraph(_plain(words.t("steering.as_of", day=words.day(found.day))), _STYLES["Normal"])
    if found.least is not None:
        yield Paragraph(_plain(words.t("steering.why_masked", least=found.least)), _STYLES["Normal"])
    yield Paragraph(_plain(words.t("steering.without_annuities")), _STYLES["Normal"])
    yield Spacer(1, 6 * mm)


def _groups(words: Words, found: Steering, labels: Sequence[str]) -> Iterable[Flowable]:
    names = ("employers", "covered_employers", "employed", "covered", "issued", "paid", "agents", "benefits")
    head = [words.t(f"steering.{name}") for name in (found.by, *names, "annuities", "ratio")]
    shown = [*zip(labels, found.groups, strict=True), (words.t("steering.total"), found.whole)]
    yield _table([head, *(_row(words, name, group) for name, group in shown)])
    yield Spacer(1, 6 * mm)


def _row(words: Words, name: str, one: Group) -> list[str]:
    benefits = (words.count(one.agents), words.amount(one.benefits), words.amount(one.annuities))
    counts = (len(one.employers), len(one.covered_employers), one.employed, one.covered)
    return [
        name,
        *(words.count(number) for number in counts),
        words.amount(one.amount),
        words.amount(one.paid),
        *((words.t("steering.masked"),) * len(benefits) if one.masked else benefits),
        words.rate(None if one.ratio is None else str(one.ratio)),
    ]


def _absence(words: Words, found: Steering) -> Iterable[Flowable]:
    if not found.absence:
        return
    yield Paragraph(_plain(words.t("steering.absence")), _STYLES["Heading3"])
    head = [words.t("steering.kind"), *(words.t("steering.from_days", days=days) for days in found.lengths)]
    rows = [
        [words.of("leave", kind), *(_days(words, cells.get(length)) for length in found.lengths)]
        for kind, cells in found.absence.items()
    ]
    yield _table([head, *rows])


def _days(words: Words, cell: dict[str, object] | None) -> str:
    if cell is None:
        return NOTHING
    return words.t("steering.masked") if cell["days"] is None else words.count(str(cell["days"]))


def _table(rows: Sequence[Sequence[str]]) -> Table:
    cells = [[Paragraph(_plain(cell), _STYLES["BodyText"]) for cell in rows[0]], *([*map(_plain, r)] for r in rows[1:])]
    return Table(cells, style=_GRID, repeatRows=1)


def _plain(text: str) -> str:
    return text.translate(_SPACES)
