"""A statement as a workbook: its totals, its lines. Rows are written as they come, none is kept."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Final

import xlsxwriter

from kit.money import Money
from services.contributions.adapters.papers.paper import COLUMNS, GUARANTEES, Paper
from services.contributions.adapters.papers.sheet import Cell, write_rows
from services.contributions.domain.delta import Amounts

_AMOUNT: Final = "#,##0.00"
# Positions of the columns that hold amounts.
_AMOUNTS: Final = (5, 7, 8, 9)


def xlsx_of(paper: Paper) -> bytes:
    """The workbook. Its date of creation is that of the statement, so that the same statement gives the same bytes."""
    written = io.BytesIO()
    book = xlsxwriter.Workbook(written, {"constant_memory": True, "strings_to_formulas": False})
    book.set_properties({"created": paper.statement.recorded_at.replace(tzinfo=None), "title": paper.name})
    amount = book.add_format({"num_format": _AMOUNT})
    write_rows(book.add_worksheet("Bordereau"), _totals(paper), amount)
    write_rows(book.add_worksheet("Lignes"), _lines(paper), amount)
    book.close()
    return written.getvalue()


def _totals(paper: Paper) -> Iterable[Sequence[Cell]]:
    statement = paper.statement
    yield "Bordereau n°", statement.number
    yield "Employeur (SIRET)", statement.employer
    yield "Accord", statement.agreement
    yield "Organisme assureur", statement.insurer or "non désigné"
    yield "Mois", str(statement.month)
    yield ()
    yield "Garantie", "Assiette", "Cotisation", "Part employeur", "Part agent"
    for code, amounts in statement.totals.items():
        yield GUARANTEES[code], *_figures(amounts)
    yield "Total", "", statement.amount, statement.employer_share, statement.agent_share
    yield ()
    yield "Dont régularisations", "Assiette", "Cotisation", "Part employeur", "Part agent"
    for month, amounts in paper.regularised.items():
        yield str(month), *_figures(amounts)


def _figures(amounts: Amounts) -> tuple[Money, ...]:
    return amounts.base, amounts.amount, amounts.employer, amounts.agent


def _lines(paper: Paper) -> Iterable[Sequence[Cell]]:
    yield COLUMNS
    for line in paper.lines:
        row: list[Cell] = list(paper.row(line))
        for place, money in zip(_AMOUNTS, _figures(line.delta.amounts), strict=True):
            row[place] = money
        yield row
