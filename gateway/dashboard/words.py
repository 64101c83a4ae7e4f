"""The words of the pages, in French and in English, and how each language writes dates and amounts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml
from markupsafe import Markup, escape

from gateway.application import work_words
from gateway.domain.roles import nearest
from kit.clock import PARIS
from kit.http.auth import SCOPES
from kit.http.language import Language
from rules.book import RuleBook
from rules.sources import source

_FOLDER: Final = Path(__file__).parent
NOTHING: Final = "–"
_NARROW: Final = "\N{NARROW NO-BREAK SPACE}"
_WIDE: Final = "\N{NO-BREAK SPACE}"
# More employers than these are counted rather than named.
FEW: Final = 2
_PLACE: Final = {"fr": 0, "en": 1}
# Where the codes that are values of a trace have their words.
_CODES: Final = (
    "leg",
    "leave",
    "position",
    "employment",
    "outcome",
    "guarantee",
    "regime",
    "trace_code",
    "term_code",
    "rule",
)
# A source that is only a place in our rulebook, or OpenFisca: it is said in the language of the page.
_OF_NO_LANGUAGE: Final = re.compile(r"(Relais rulebook|OpenFisca-France)[\s§S\d.,;–-]*")
_MONTH: Final = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_DAY: Final = re.compile(_MONTH.pattern + r"-\d{2}")


@cache
def catalogue() -> dict[str, tuple[str, str]]:
    """Every text by its dotted key: French, English."""
    found: dict[str, tuple[str, str]] = {}
    for file in (_FOLDER / "words.yaml", work_words.FILE):
        _flatten(yaml.safe_load(file.read_text(encoding="utf-8")), "", found)
    return found


def _flatten(node: Any, prefix: str, into: dict[str, tuple[str, str]]) -> None:
    for key, value in node.items():
        if isinstance(value, dict):
            _flatten(value, f"{prefix}{key}.", into)
        else:
            french, english = value
            into[f"{prefix}{key}"] = (french, english)


@cache
def law() -> dict[str, tuple[str, str]]:
    """What each value of the law is called; by its name in English where nobody has said more."""
    english = yaml.safe_load((_FOLDER / "law_words.yaml").read_text(encoding="utf-8"))
    return {rule.id: (rule.label, english.get(rule.id, rule.id)) for rule in RuleBook.load()}


@cache
def permitted() -> dict[str, tuple[str, str]]:
    """What each scope permits."""
    english = yaml.safe_load((_FOLDER / "scope_words.yaml").read_text(encoding="utf-8"))
    return {scope: (french, english[scope]) for scope, french in SCOPES.items()}


class Words:
    r"""How one language says things.

    >>> Words("fr").amount("1234.5"), Words("en").amount("-1234.50"), Words("fr").day("2026-05-01")
    ('1\u202f234,50\xa0€', '−€1,234.50', '1er mai 2026')
    """

    def __init__(self, language: Language) -> None:
        self.language = language
        self._place = _PLACE[language]

    def t(self, key: str, **values: object) -> str:
        """The text of a key; the key must exist."""
        text = catalogue()[key][self._place]
        if not values:
            return text
        if any(isinstance(value, Markup) for value in values.values()):
            return Markup(escape(text)).format(**values)  # noqa: S704 - a text of ours, its values escaped
        return text.format(**values)

    def of(self, family: str, code: object) -> str:
        """The word for a code of the API, or the code itself where there is none."""
        key = f"{family}.{code}"
        return self.t(key) if key in catalogue() else str(code)

    def work(self, kind: str) -> str:
        """A kind of the work list, for what is still to come and what is late alike.

        >>> Words("en").work("claim-to-declare"), Words("fr").work("overpayment")
        ('Claim to declare, in time or late', 'Trop-perçu à récupérer')
        """
        return self.of("work_any" if f"work_any.{kind}" in catalogue() else "work", kind)

    def role(self, account: Mapping[str, Any]) -> str:
        """The role of an account; of one with scopes of its own, the role they are nearest to.

        >>> from gateway.domain.roles import ROLES
        >>> Words("fr").role({"role": None, "scopes": sorted(ROLES["MANAGER"])})
        'Portées au choix, les mêmes que « Gestionnaire »'
        >>> Words("en").role({"role": None, "scopes": sorted(ROLES["EMPLOYER"] - {"agents:write"})})
        'Own scopes: “Employer”, 1 fewer'
        >>> Words("en").role({"role": None, "scopes": ["claims:cause"]}), Words("fr").role({"role": "AUDITOR"})
        ('Own scopes', 'Auditeur')
        """
        if account["role"]:
            return self.of("role", account["role"])
        near = nearest(frozenset(account["scopes"]))
        if near is None:
            return self.t("role.OWN")
        role, count = near
        return self.t("role_like.less" if count else "role_like.same", role=self.of("role", role), count=count)

    def rule(self, code: str) -> str:
        """What a step of a trace is about: our words, else those of the law's parameter, else its name."""
        key = f"rule.{code}"
        if key in catalogue():
            return self.t(key)
        return law()[code][self._place] if code in law() else code

    def scope(self, name: str) -> str:
        """What a scope permits. Raises KeyError: no such scope."""
        return permitted()[name][self._place]

    def until(self, day: str | None, reference: str) -> str:
        """By what a clock has this last day, or why it has none: the API says so in French alone."""
        return self.t("no_clock") if day is None and self.language == "en" else self.source(reference)

    def source(self, reference: str) -> str:
        """Where a figure comes from, without our short names: `référentiel de Relais §3.3`; articles stay French."""
        said = source(reference, self.language)
        return said if _OF_NO_LANGUAGE.fullmatch(said) else self.french(source(reference))

    def french(self, text: str) -> str:
        """A text that nobody translates, as the name of an accord or an article: elsewhere it says that it is French.

        >>> print(Words("en").french("accord art. 2 <a>"), Words("fr").french("accord art. 2"))
        <span lang="fr">accord art. 2 &lt;a&gt;</span> accord art. 2
        """
        return text if self.language == "fr" else Markup('<span lang="fr">{}</span>').format(text)

    def named(self, name: str) -> str:
        """What a value of a trace is called: by our words, by a code or by a month."""
        key = f"input.{name}"
        return self.t(key) if key in catalogue() else self.value(name)

    def day(self, value: str | date | None, *, short: bool = False) -> str:
        if not value:
            return NOTHING
        day = date.fromisoformat(value) if isinstance(value, str) else value
        first = "1er" if day.day == 1 and self.language == "fr" else str(day.day)
        space = _WIDE if short else " "
        return space.join((first, self._month_name(day.month, short=short), str(day.year)))

    def days(self, start: str | None, end: str | None) -> str:
        """A period; `end` None goes on."""
        return f"{self.day(start)} – {self.day(end) if end else self.t('open')}"

    def month(self, value: str, *, short: bool = False) -> str:
        """`2026-01` as a month."""
        year, number = value.split("-")
        return f"{self._month_name(int(number), short=short)} {year}"

    def _month_name(self, number: int, *, short: bool) -> str:
        return self.t(f"{'short_month' if short else 'month'}.{number}")

    def instant(self, value: str | None) -> str:
        """An instant, as a clock in Paris shows it."""
        if not value:
            return NOTHING
        local = datetime.fromisoformat(value).astimezone(PARIS)
        clock = f"{local:%H}{_WIDE}h{_WIDE}{local:%M}" if self.language == "fr" else f"{local:%H:%M}"
        return f"{self.day(local.date(), short=True)}, {clock}"

    @staticmethod
    def machine(value: str) -> str:
        """An instant as HTML has it: to the second.

        >>> Words.machine("2026-11-29T04:02:29.717237Z")
        '2026-11-29T04:02:29+00:00'
        """
        return datetime.fromisoformat(value).isoformat(timespec="seconds")

    def amount(self, value: str | Decimal | None) -> str:
        if value is None or value == "":
            return NOTHING
        number = Decimal(value)
        whole = f"{abs(number):,.2f}"
        sign = "−" if number < 0 else ""
        if self.language == "en":
            return f"{sign}€{whole}"
        return sign + whole.replace(",", _NARROW).replace(".", ",") + f"{_WIDE}€"

    def count(self, value: int | str | Decimal) -> str:
        """A whole number, its thousands apart."""
        return f"{int(value):,}".replace(",", _NARROW if self.language == "fr" else ",")

    def rate(self, value: str | Decimal | None) -> str:
        """A decimal rate as a percentage."""
        if value is None or value == "":
            return NOTHING
        percent = f"{(Decimal(value) * 100).normalize():,f}"
        if self.language == "en":
            return percent + "%"
        return percent.replace(",", _NARROW).replace(".", ",") + f"{_WIDE}%"

    def value(self, value: Any) -> str:
        """A value of a trace, as it is best read."""
        if value is None:
            return NOTHING
        if isinstance(value, bool):
            return self.t("yes" if value else "no")
        text = str(value)
        for family in _CODES:
            if (key := f"{family}.{text}") in catalogue():
                return self.t(key)
        if _DAY.fullmatch(text):
            return self.day(text)
        return self.month(text) if _MONTH.fullmatch(text) else self._number(text)

    def stands_for(self, one: Mapping[str, Any]) -> str:
        """Whom a client or a person stands for, in few words."""
        if one["insurer"]:
            return self.t("stands.an_insurer", insurer=one["insurer"])
        if one["department"]:
            return self.t("stands.a_department", department=one["department"])
        employers = one["employers"]
        if employers is None:
            return self.t("every_employer")
        if len(employers) > FEW:
            return self.t("stands.many", count=len(employers))
        return ", ".join(employers) or self.t("stands.nobody")

    def _number(self, text: str) -> str:
        try:
            Decimal(text)
        except InvalidOperation:
            return text
        whole, point, decimals = text.partition(".")
        if point:  # an amount or a rate; a whole number may be a year
            whole = f"{int(whole):,}" if whole.removeprefix("-").isdecimal() and whole not in {"-0", "0"} else whole
        if self.language == "fr":
            return (whole.replace(",", _NARROW) + point + decimals).replace(".", ",")
        return whole + point + decimals

    def measured(self, value: str, unit: str) -> str:
        """A value of the law with its unit: `90 jours`, `1 204,67 € par mois`; a choice is its own word."""
        key = f"unit.{unit}"
        return f"{self.value(value)} {self.t(key)}".strip() if key in catalogue() else self.value(value)
