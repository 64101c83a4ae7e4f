"""A statement to be signed: totals, what is regularised, and the digest of the lines, which the signature so covers."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any, Final

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table

from services.contributions.adapters.papers.csv_paper import csv_of
from services.contributions.adapters.papers.paper import GUARANTEES, Paper, digest
from services.contributions.domain.delta import Amounts

# Beyond so many lines the detail is the CSV alone, which the digest binds.
MAX_LINES: Final = 1_000
_HEAD: Final = ("Assiette", "Cotisation", "Part employeur", "Part agent")
_STYLES: Final = getSampleStyleSheet()
_GRID: Final = [
    ("GRID", (0, 0), (-1, -1), 0.25, colors.grey),
    ("BACKGROUND", (0, 0), (-1, 0), colors.whitesmoke),
    ("ALIGN", (1, 0), (-1, -1), "RIGHT"),
    ("FONTSIZE", (0, 0), (-1, -1), 8),
]


def pdf_of(paper: Paper) -> bytes:
    """A4 pages; the same statement always gives the same bytes."""
    written = io.BytesIO()
    document = SimpleDocTemplate(written, pagesize=A4, title=paper.name, author="Relais", invariant=1)
    document.build([*_heading(paper), *_totals(paper), *_detail(paper), *_signatures(paper)], onLaterPages=_number)
    return written.getvalue()


def _heading(paper: Paper) -> Iterable[Flowable]:
    one = paper.statement
    yield Paragraph(f"Bordereau de cotisations de prévoyance n° {one.number}", _STYLES["Title"])
    for label, value in (
        ("Employeur (SIRET)", one.employer),
        ("Accord", one.agreement),
        ("Organisme assureur", one.insurer or "non désigné"),
        ("Mois", str(one.month)),
        ("Émis le", one.recorded_at.strftime("%d/%m/%Y")),
    ):
        yield Paragraph(f"<b>{label}</b> : {value}", _STYLES["Normal"])
    yield Spacer(1, 6 * mm)


def _totals(paper: Paper) -> Iterable[Flowable]:
    one = paper.statement
    rows = [("Garantie", *_HEAD), *((GUARANTEES[code], *_figures(amounts)) for code, amounts in one.totals.items())]
    rows.append(("Total", "", *(_euros(str(m)) for m in (one.amount, one.employer_share, one.agent_share))))
    yield _table(rows)
    yield Spacer(1, 6 * mm)
    if paper.regularised:
        yield Paragraph("Dont régularisations de mois antérieurs", _STYLES["Heading3"])
        yield _table(
            [("Mois", *_HEAD), *((str(month), *_figures(amounts)) for month, amounts in paper.regularised.items())]
        )
        yield Spacer(1, 6 * mm)


def _detail(paper: Paper) -> Iterable[Flowable]:
    yield Paragraph(
        f"Détail : {len(paper.lines)} lignes, fichier {paper.name}.csv, empreinte SHA-256<br/>{digest(csv_of(paper))}",
        _STYLES["Normal"],
    )
    yield Spacer(1, 6 * mm)
    if len(paper.lines) <= MAX_LINES:
        rows: list[tuple[str, ...]] = [
            ("Mois", "Matricule", "Garantie", "Assiette", "Taux", "Cotisation", "Employeur", "Agent")
        ]
        for line in paper.lines:
            _, month, matricule, _, guarantee, base, rate, *amounts = paper.row(line)[:10]
            rows.append((month, matricule, guarantee, _euros(base), rate, *map(_euros, amounts)))
        yield _table(rows)
        yield Spacer(1, 6 * mm)


def _signatures(paper: Paper) -> Iterable[Flowable]:
    insurer = "Pour l'organisme assureur" if paper.statement.insurer else ""
    blank = "Nom et qualité :\n\nDate :\n\nSignature :\n\n\n\n"
    yield KeepTogether([Table([("Pour l'employeur", insurer), (blank, blank if insurer else "")], colWidths=80 * mm)])


def _table(rows: Sequence[Sequence[str]]) -> Table:
    return Table(rows, repeatRows=1, style=_GRID, hAlign="LEFT")


def _figures(amounts: Amounts) -> tuple[str, ...]:
    return tuple(_euros(str(one)) for one in (amounts.base, amounts.amount, amounts.employer, amounts.agent))


def _euros(text: str) -> str:
    """1234567.80 as « 1 234 567,80 »."""
    whole, _, cents = text.partition(".")
    sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    return f"{sign}{int(digits):,}".replace(",", "\N{NO-BREAK SPACE}") + f",{cents}"


def _number(canvas: Any, document: Any) -> None:
    canvas.setFont("Helvetica", 8)
    canvas.drawRightString(A4[0] - 15 * mm, 10 * mm, f"page {document.page}")
