"""No line of a DSN is lost, whatever its bytes and however the file is cut; what is mapped is what was written."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.period import Month
from services.contributions.domain.dsn.lines import MAX_BYTES, Why, read_line
from services.contributions.domain.dsn.mapping import Mapped, map_part
from services.contributions.domain.dsn.reading import MAX_LINES, Part, Reader
from tests.services.contributions.dsn import files
from tests.services.contributions.facts import CITY


def parts_of(content: bytes, *, cut_every: int | None = None, charset: str | None = None) -> tuple[list[Part], Reader]:
    """All parts; with `cut_every`, the reader is put down and taken up again after so many lines."""
    reader = Reader(charset)
    found: list[Part] = []
    for number, raw in enumerate(lines_of(content), start=1):
        found += reader.feed(number, raw)
        if cut_every and number % cut_every == 0:
            reader = Reader.take_up(json.loads(json.dumps(reader.put_down())))
    return [*found, *reader.finish()], reader


def lines_of(content: bytes) -> list[bytes]:
    *whole, rest = content.split(b"\n")
    return [line + b"\n" for line in whole] + ([rest] if rest else [])


def whole(*more: str) -> bytes:
    return files.written(*files.sender(), *files.declaration(), *more, *files.trailer())


def assert_nothing_lost(content: bytes, found: list[Part]) -> None:
    """Every line is in one part, in order, mapped or kept with its number."""
    assert b"".join(line.raw for part in found for line in part.lines) == content
    for part in found:
        mapped = map_part(part)
        kept = {one.line for one in mapped.kept}
        assert len(kept) == len(mapped.kept)
        assert kept <= {line.number for line in part.lines}
        assert mapped.mapped_lines + len(kept) == len(part.lines)
    numbers = [line.number for part in found for line in part.lines]
    assert numbers == list(range(1, len(numbers) + 1))


pieces = st.one_of(
    st.binary(max_size=40),
    st.sampled_from(
        [line.encode("latin-1", "replace") for line in (*files.sender(), *files.declaration(), *files.trailer())]
        + [line.encode() for line in files.individual("M1", more=files.contribution())]
        + [b"\xef\xbb\xbf", b"", b"S21.G00.51.013,'12,5'", b"S21.G00.60.001,'13'", b"S21.G00.30.001,'12'", b"\x00"]
    ),
    st.builds(
        lambda block, rubric, value: f"S21.G00.{block}.{rubric},'{value}'".encode(),
        st.sampled_from(["15", "30", "40", "51", "70", "78", "79", "81", "99"]),
        st.sampled_from(["001", "004", "005", "012", "019"]),
        st.text(max_size=20),
    ),
)


@given(content=st.lists(pieces, max_size=60).map(b"\n".join), cut=st.integers(1, 7))
def test_any_bytes_are_read_without_losing_a_line_however_they_are_cut(content: bytes, cut: int) -> None:
    found, reader = parts_of(content)
    assert_nothing_lost(content, found)
    again, other = parts_of(content, cut_every=cut)
    assert (again, other.digest) == (found, reader.digest)
    for one in map(map_part, found):
        assert Mapped.of_json(json.loads(json.dumps(one.json()))).blocks == one.blocks


def test_a_whole_file_is_a_head_its_individuals_and_a_trailer() -> None:
    found, reader = parts_of(whole(*files.individual("M1"), *files.individual("M2", files.NIRS[1])))
    assert [(part.individual, part.opens) for part in found] == [
        (False, True),
        (True, False),
        (True, False),
        (False, False),
    ]
    said = found[1].context
    assert (said.norm, said.nature, said.month, said.siret) == ("P26V01", "01", Month.parse("2025-06"), CITY)
    assert reader.ended
    first = map_part(found[1])
    assert first.matricule == "M1"
    assert first.nir is not None
    assert first.nir.dsn == files.NIRS[0]
    contract = next(block for block in first.blocks if block.code == "S21.G00.40")
    assert (contract["start"], contract["pension_scheme"], contract["increased_index"]) == ("2020-01-01", "120", "420")
    assert [(one.rubric, one.why) for one in first.kept] == [("S21.G00.30.002", Why.UNKNOWN_RUBRIC)]


def test_no_number_of_a_person_is_in_what_is_mapped() -> None:
    ntt = "1999850019TEMPO1"
    content = whole(
        *files.individual(files.NIRS[3], more=[f"S21.G00.40.009,'{files.NIRS[4]}'"]), f"S21.G00.30.020,'{ntt}'"
    )
    shown = "".join(json.dumps(one.json()) + repr(one) for one in map(map_part, parts_of(content)[0]))
    assert not [number for number in (*files.NIRS, ntt) if number in shown]


def test_repeated_blocks_stay_apart() -> None:
    twice = ["S21.G00.51.011,'001'", "S21.G00.51.013,'10.00'", "S21.G00.51.011,'010'", "S21.G00.51.013,'-9.5'"]
    found = map_part(parts_of(whole(*files.individual("M1", more=twice)))[0][1])
    pay = [block.values for block in found.blocks if block.code == "S21.G00.51"]
    assert pay == [{"type": "001", "amount": "10.00"}, {"type": "010", "amount": "-9.50"}]


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", Why.BLANK),
        (b"  \r\n", Why.BLANK),
        (b"S21.G00.30.019 M1\n", Why.UNREADABLE),
        (b"S21.G00.30.019,'M1\n", Why.UNREADABLE),
        (b"S21.G00.30.019,'M\x001'\n", Why.ENCODING),
        (b"S21.G00.30.019,'" + b"x" * MAX_BYTES + b"'\n", Why.TOO_LONG),
        (b"\xef\xbb\xbfS21.G00.30.019,'M1'\r\n", None),
        ("S21.G00.30.002,'NOËL'\r\n".encode(), None),
        ("S21.G00.30.002,'NOËL'\r\n".encode("latin-1"), None),
    ],
)
def test_lines_are_read_or_kept_with_the_reason(raw: bytes, why: Why | None) -> None:
    assert read_line(7, raw).why == why


def test_a_charset_that_is_named_is_kept_to() -> None:
    line = "S21.G00.06.003,'Orléans'".encode("latin-1")
    assert read_line(1, line, "utf-8").why is Why.ENCODING
    assert read_line(1, line, "iso-8859-15").value == "Orléans"


def test_values_of_another_form_and_persons_without_a_right_number_are_kept() -> None:
    found = parts_of(whole(*files.individual("M1", "12"), "S21.G00.51.013,'1e9'", "S21.G00.60.002,'31022025'"))[0]
    kept = [(one.rubric, one.why) for one in map_part(found[1]).kept]
    assert ("S21.G00.30.001", Why.IDENTITY) in kept
    assert ("S21.G00.51.013", Why.VALUE) in kept
    assert ("S21.G00.60.002", Why.VALUE) in kept


def test_another_norm_is_kept_raw_as_a_whole() -> None:
    content = files.written(*files.sender("P31V01"), *files.declaration(), *files.individual("M1"))
    found, _ = parts_of(content)
    assert_nothing_lost(content, found)
    assert all(not map_part(part).blocks for part in found)


def test_an_endless_individual_is_cut_into_bounded_parts_and_told() -> None:
    endless = ["S21.G00.51.011,'001'"] * (MAX_LINES + 10)
    content = whole(*files.individual("M1", more=endless), *files.individual("M2"))
    found, _ = parts_of(content)
    assert_nothing_lost(content, found)
    assert max(len(part.lines) for part in found) <= MAX_LINES
    first, rest, second = (part for part in found if part.individual)
    assert not first.whole
    assert {one.why for one in map_part(rest).kept} == {Why.PART_TOO_LONG}
    assert map_part(second).matricule == "M2"


def test_two_declarations_of_one_file_are_told_apart() -> None:
    second = files.declaration(CITY, "01052025")
    content = whole(*files.individual("M1"), *second, *files.individual("M2"))
    months = [str(part.context.month) for part in parts_of(content)[0] if part.individual]
    assert months == ["2025-06", "2025-05"]
    assert all(a.lines[-1].number + 1 == b.lines[0].number for a, b in pairwise(parts_of(content)[0]))
