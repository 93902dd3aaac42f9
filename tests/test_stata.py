"""What Anh opens in Stata is what was said: pandas and R's haven read every value, label and reason back."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from pandas.io.stata import StataReader

from survey.instrument.dictionary import MISSING, Measure, Variable
from survey.instrument.grammar import Text
from survey.release import dta, freezing, stata
from survey.release.models import Unit
from survey.release.opened import MASK
from survey.release.shapes import REPEATED, Shape
from survey.release.tiers import Tier
from survey.release.units import dictionary
from tests import in_r, recension
from tests.leaving import written
from tests.readers import in_haven, with_pandas
from tests.tables import VARIABLES, rows, table

LONG_NAME = VARIABLES[-1].name


@pytest.fixture
def release(session):
    recension.build(session)
    made = freezing.create(session, None, None)
    session.commit()
    return made


@pytest.fixture
def write(tmp_path):
    """Write a table in French, and say where and what was noticed."""

    def made(of, language="fr"):
        path = tmp_path / "x.dta"
        return path, stata.write(path, of, language)

    return made


def trimmed(row):
    """The row as haven gives it, which takes off the blanks at the end of a text that stands in its row."""
    return [
        c.rstrip(" ") if isinstance(c, str) and v.name == "line" else c for v, c in zip(VARIABLES, row, strict=True)
    ]


def test_every_value_comes_back_through_pandas_and_haven(write):
    path, _ = write(table())
    assert with_pandas(path, table()) == rows()
    for locale in ("C.UTF-8", "C"):
        (frame,) = in_r.frames(path, locale=locale)
        assert in_haven(frame, table()) == [trimmed(row) for row in rows()]
    assert frame.columns["day"].kind == "Date"
    assert frame.columns["moment"].kind == "POSIXt"


def test_every_unit_at_every_tier_comes_back_long_or_wide(release, session, tmp_path):
    orders = [(unit, {"tier": tier}) for unit in Unit for tier in Tier]
    orders += [(unit, {"shape": Shape.WIDE}) for unit in REPEATED]
    made = [written(session, tmp_path, "dta", unit, **more) for unit, more in orders]
    for (of, path), frame in zip(made, in_r.frames(*(path for _, path in made)), strict=True):
        assert in_haven(frame, of) == with_pandas(path, of) == list(of.rows()), path.name


@pytest.mark.parametrize(("language", "n"), [("fr", 0), ("en", 1)])
def test_labels_of_variables_values_and_reasons_are_in_the_language_asked_for(write, language, n):
    path, _ = write(table(), language)
    (frame,) = in_r.frames(path)
    code = VARIABLES[1]
    assert frame.columns["code"].label == code.label(language)
    assert frame.columns["code"].labels == {
        **{str(value): text(language) for value, text in code.values.items()},
        "a": ("Ne sait pas", "Don't know")[n],
        "b": ("Refus", "Refused")[n],
        "c": ("Ne s’applique pas", "Not applicable")[n],
        "d": MASK[-6](language),
    }
    assert frame.columns["line_missing"].labels == {str(n): text(language) for n, text in MISSING.items()}


def test_the_file_says_what_it_is_and_where_the_wording_is_from(write):
    path, _ = write(table())
    (frame,) = in_r.frames(path)
    assert frame.label == "recension-v7-initiative 0123456789ab"
    assert frame.notes[0] == str(len(frame.notes) - 1)
    assert frame.notes[1] == f"recension-v7-initiative, 2026-03-02T14:30:05Z, SHA-256 {'0123456789abcdef' * 4}"
    assert frame.notes[2].startswith("Source\N{NO-BREAK SPACE}: Turcotte, M.")
    with StataReader(path) as reader:
        assert reader.data_label == frame.label
        assert reader.time_stamp == "02 Mar 2026 14:30"


def test_a_working_export_says_so_in_its_notes(write):
    working = table()
    working.release.id = None
    (frame,) = in_r.frames(write(working, "en")[0])
    assert frame.notes[2].startswith("Working export: these data are of no frozen release")


def test_stata_s_limits_are_said_and_what_they_shorten_is_whole_in_a_note(write):
    path, said = write(table(), "en")
    (frame,) = in_r.frames(path)
    short = [name for name in frame.columns if name.startswith("a_name")]
    assert short == ["a_name_that_is_lon_rty_two_r1", "a_name_that_is_lon_rty_two_r2"]
    assert frame.columns["long_"].label == "Long – " + "é" * 72 + "…"
    assert said[0] == (
        "Stata takes names of at most 32 characters and keeps some for itself; changed: "
        f"long → long_, {VARIABLES[-2].name} → {short[0]}, {LONG_NAME} → {short[1]}."
    )
    assert said[1].endswith("whole in the note of the variable: long_.")
    assert frame.notes[-2:] == said
    notes = path.read_bytes()
    for name, number, note in ((short[1], 1, LONG_NAME), ("long_", 1, "long"), ("long_", 2, VARIABLES[8].label.en)):
        start = name.encode().ljust(129, b"\0") + f"note{number}".encode().ljust(129, b"\0")
        assert notes.count(start + note.encode() + b"\0</ch>") == 1


def test_a_label_of_a_value_over_32_000_bytes_is_shortened_and_said(write):
    variable = Variable("code", Text("Code", "Code"), values={1: Text("é" * 16_001, "x")})
    path, (said,) = write(table([variable], [[1]]))
    assert said.endswith("sont raccourcis ceux de\N{NO-BREAK SPACE}: code.")
    (frame,) = in_r.frames(path)
    assert frame.columns["code"].labels == {"1": "é" * 15_998 + "…"}


def test_a_file_that_stata_be_cannot_open_says_so_and_one_that_none_can_is_refused(write):
    many = [Variable(f"v{n}", Text("V", "V")) for n in range(32_768)]
    path, (said,) = write(table(many[:2_049], [[*range(2_049)]]), "en")
    assert said == "2049 variables: Stata BE opens at most 2,048; Stata SE or MP is needed."
    assert with_pandas(path, table(many[:2_049], [[]])) == [[*range(2_049)]]
    with pytest.raises(ValueError, match="32768 variables"):
        write(table(many, []))


def test_a_number_that_stata_cannot_keep_to_the_digit_is_refused(write):
    with pytest.raises(ValueError, match="whole numbers"):
        write(table([Variable("n", Text("N", "N"), measure=Measure.SCALE)], [[(1 << 53) + 1]]))


@pytest.mark.parametrize(
    ("names", "given"),
    [
        (["in", "in_", "str12", "_n"], ["in__2", "in_", "str12_", "_n_"]),
        (["x" * 40, "x" * 41, "y" * 32], ["x" * 18 + "_" + "x" * 10, "x" * 18 + "_" + "x" * 8 + "_2", "y" * 32]),
    ],
)
def test_names_that_stata_does_not_take_are_changed_and_told_apart(names, given):
    assert stata.named(names) == given


def test_every_reason_of_the_dictionary_has_its_letter():
    reasons = {reason for unit in Unit for variable in dictionary(unit) for reason in variable.missing}
    assert reasons | set(MASK) == set(stata.REASONS)


@pytest.mark.parametrize(
    ("least", "most", "kept"),
    [
        (-127, 100, dta.BYTE),
        (-128, 0, dta.INT),
        (0, 101, dta.INT),
        (0, 32_741, dta.LONG),
        (0, 2_147_483_620, dta.LONG),
        (0, 2_147_483_621, dta.DOUBLE),
    ],
)
def test_a_number_is_kept_in_what_holds_it_beside_the_missing_values(least, most, kept):
    assert dta.storage(least, most) is kept


def test_a_code_takes_a_byte_and_a_paragraph_stands_apart_whatever_was_answered(write):
    of = replace(table(dictionary(Unit.INITIATIVE), []), row_count=0)
    path, _ = write(of)
    with StataReader(path) as reader:
        assert reader.value_labels()
        kinds = dict(zip(reader._varlist, reader._typlist, strict=True))
    assert (kinds["status"], kinds["audience_youth"], kinds["description_missing"]) == ("b", "b", "b")
    assert (kinds["year_created"], kinds["initiative_id"]) == ("l", "l")
    assert (kinds["description"], kinds["name"]) == ("Q", 32)


@pytest.mark.parametrize("unit", Unit)
def test_an_empty_data_set_is_a_good_file(unit, session, tmp_path):
    freezing.create(session, None, None)
    session.commit()
    of, path = written(session, tmp_path, "dta", unit)
    assert with_pandas(path, of) == []
    (frame,) = in_r.frames(path)
    assert [column.cells for column in frame.columns.values()] == [[]] * len(of.variables)


def test_each_section_begins_where_the_map_says(write):
    path, _ = write(table())
    raw = path.read_bytes()
    at = raw.index(b"<map>") + 5
    places = [int.from_bytes(raw[at + 8 * n : at + 8 * n + 8], "little") for n in range(14)]
    names = ["stata_dta", *dta.SECTIONS[1:12], "/stata_dta"]
    assert [raw[place : place + len(name) + 2] for place, name in zip(places, names, strict=False)] == [
        f"<{name}>".encode() for name in names
    ]
    assert places[-1] == len(raw)
    assert io.BytesIO(raw).read(11) == b"<stata_dta>"
