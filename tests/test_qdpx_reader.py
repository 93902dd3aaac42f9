"""Projects of other programs, written as each of them writes, and files that only pretend to be one."""

from __future__ import annotations

import io
import itertools
import uuid
import zipfile

import pytest

from survey.coding import qdpx, qdpx_archive
from survey.coding.qdpx import Reading
from survey.coding.qdpx_archive import Amiss

TEXT = "Premier 😀 jour\nle budget manque\n\nœuvre de\u0303 🇨🇦 fin 💰 bout"
USER, CODE, SOURCE = (str(uuid.UUID(int=n)) for n in (1, 2, 3))
WORDS = ("😀 jour", "budget", "manque\n\nœuvre", "de\u0303 🇨🇦", "🇨🇦 fin", "fin", "💰 bout", TEXT)


def qde(sources: str, *, more: str = "", origin: str = "x", head: str = "") -> str:
    """The description of a project with a coder and a theme."""
    return (
        f'<?xml version="1.0" encoding="utf-8"?>{head}'
        f'<Project xmlns="urn:QDA-XML:project:1.0" name="p" origin="{origin}">'
        f'<Users><User guid="{USER}" name="u"/></Users>'
        f'<CodeBook><Codes><Code guid="{CODE}" name="c" isCodable="true"/></Codes></CodeBook>'
        f"{more}<Sources>{sources}</Sources></Project>"
    )


def text_source(inside: str, path: str = "internal://t.txt") -> str:
    return f'<TextSource guid="{SOURCE}" name="t" plainTextPath="{path}">{inside}</TextSource>'


def coding() -> str:
    return f'<Coding guid="{uuid.UUID(int=9)}" creatingUser="{USER}"><CodeRef targetGUID="{CODE}"/></Coding>'


def selection(start: int, end: int, name: str = "", inside: str | None = None) -> str:
    said = coding() if inside is None else inside
    name = name.replace("\n", "&#10;").replace('"', "&quot;")
    of = f'guid="{uuid.UUID(int=8)}" name="{name}" startPosition="{start}" endPosition="{end}"'
    return f"<PlainTextSelection {of}>{said}</PlainTextSelection>"


def packed(description: str, text: str | bytes = TEXT, name: str = "sources/t.txt") -> io.BytesIO:
    """An archive with one text."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("project.qde", description)
        archive.writestr(name, text if isinstance(text, bytes) else text.encode())
    made.seek(0)
    return made


def as_counted(way: Reading, start: int, end: int) -> tuple[int, int]:
    """Two code points of the text as a program counts them."""

    def count(point: int) -> int:
        before = TEXT[:point] if way.crlf_is_one else TEXT[:point].replace("\n", "\r\n")
        return (len(before.encode("utf-16-le")) // 2 if way.utf16 else len(before)) + way.bom_counts

    return count(start), count(end) - way.end_included


WAYS = [Reading(*flags) for flags in itertools.product((False, True), repeat=4)]


@pytest.mark.parametrize("way", WAYS, ids=str)
@pytest.mark.parametrize("named", ["whole", "one line"])
def test_each_way_to_count_is_found_out_and_every_mark_is_on_its_words(way, named):
    """A text with CRLF and a byte order mark, in whichever way its program counts them."""
    places = [(TEXT.index(one), TEXT.index(one) + len(one)) for one in WORDS]
    names = [one if named == "whole" else " ".join(one.split()) for one in WORDS]
    marked = "".join(selection(*as_counted(way, *place), name) for place, name in zip(places, names, strict=True))
    read = qdpx.read(packed(qde(text_source(marked)), ("\ufeff" + TEXT.replace("\n", "\r\n")).encode()))
    assert [one.text for one in read.marks] == list(WORDS)
    assert [(one.start, one.end) for one in read.marks] == places
    assert (read.sources[0].text, read.reading) == (TEXT, way)


def test_without_a_name_to_go_by_the_end_is_not_included_crlf_is_two_and_a_mark_of_order_is_none():
    way = Reading()
    place = TEXT.index("budget"), TEXT.index("budget") + 6
    read = qdpx.read(
        packed(qde(text_source(selection(*as_counted(way, *place)))), "\ufeff" + TEXT.replace("\n", "\r\n"))
    )
    assert [one.text for one in read.marks] == ["budget"]


def test_without_a_name_to_go_by_atlas_counts_crlf_once():
    place = TEXT.index("budget"), TEXT.index("budget") + 6
    read = qdpx.read(packed(qde(text_source(selection(*place)), origin="ATLAS.ti 24"), TEXT.replace("\n", "\r\n")))
    assert [one.text for one in read.marks] == ["budget"]


def test_a_selection_up_to_the_last_character_alone_tells_that_the_end_is_included():
    read = qdpx.read(packed(qde(text_source(selection(5, 5) + selection(0, 3, "Prem..."))), "Premier"))
    assert [one.text for one in read.marks] == ["e", "Prem"]
    assert read.reading.end_included


def test_names_that_are_the_first_words_alone_tell_where_a_selection_begins():
    start = TEXT.index("budget")
    read = qdpx.read(packed(qde(text_source(selection(start + 2, start + 8, "budg..."))), TEXT.replace("\n", "\r\n")))
    assert ([one.text for one in read.marks], read.reading) == (["budget"], Reading(utf16=True))


def test_guids_in_braces_and_in_capitals_and_an_older_namespace_are_the_same_project():
    code = uuid.UUID(int=0xABCDEF)
    said = (
        qde(text_source(selection(0, 7)))
        .replace(CODE, f"{{{str(code).upper()}}}")
        .replace("project:1.0", "project:0.4")
    )
    read = qdpx.read(packed(said))
    assert (read.codes[0].guid, read.marks[0].theme, read.marks[0].text) == (code, code, "Premier")


@pytest.mark.parametrize(
    "inside",
    [
        coding(),
        f'<CodeRef targetGUID="{CODE}"/>',
        f'<Coding guid="{SOURCE}"><NoteRef targetGUID="{SOURCE}"/><x><CodeRef targetGUID="{CODE}"/></x></Coding>',
    ],
)
def test_a_reference_to_a_code_is_found_wherever_it_stands_in_its_selection(inside):
    read = qdpx.read(packed(qde(text_source(selection(0, 7, inside=inside)))))
    assert [(str(one.theme), one.text) for one in read.marks] == [(CODE, "Premier")]


def test_several_codes_on_one_selection_are_several_marks_and_none_is_a_passage():
    read = qdpx.read(packed(qde(text_source(selection(0, 7, inside=coding() * 2) + selection(8, 9, inside="")))))
    assert [(one.text, str(one.coder)) for one in read.marks] == [("Premier", USER)] * 2
    assert [(one.start, one.end) for one in read.sources[0].passages] == [(0, 7), (8, 9)]


def test_the_coder_is_the_one_of_the_code_else_of_the_selection_else_nobody():
    nobody = f'<Coding guid="{SOURCE}"><CodeRef targetGUID="{CODE}"/></Coding>'
    of_selection = selection(0, 7, inside=nobody).replace("name=", f'creatingUser="{USER}" name=')
    read = qdpx.read(packed(qde(text_source(of_selection + selection(0, 7, inside=nobody)))))
    assert [one.coder for one in read.marks] == [uuid.UUID(USER), None]


def test_a_code_on_a_whole_text_marks_it_from_end_to_end():
    read = qdpx.read(packed(qde(text_source(coding()))))
    assert [(one.start, one.end, one.text) for one in read.marks] == [(0, len(TEXT), TEXT)]


def test_a_text_may_stand_in_the_description_and_the_folder_begin_with_a_capital():
    own = f'<TextSource guid="{USER}"><PlainTextContent>A\nb é</PlainTextContent>{selection(2, 5)}</TextSource>'
    for path in ("internal://T.TXT", "t.txt"):
        read = qdpx.read(packed(qde(own + text_source("", path)), name="Sources/t.txt"))
        assert [one.text for one in read.sources] == ["A\nb é", TEXT]
    assert [one.text for one in read.marks] == ["b é"]


def test_what_is_no_text_is_counted_and_left():
    read = qdpx.read(packed(qde(f'<PDFSource guid="{USER}"/><PictureSource guid="{USER}"/>{text_source("")}')))
    assert read.ignored == {"PDFSource": 1, "PictureSource": 1}


def test_codes_under_codes_know_the_one_above_and_which_are_only_folders():
    inner = f'<Code guid="{USER}" name="in" isCodable="false"><Description>d</Description></Code></Code>'
    read = qdpx.read(
        packed(qde(text_source("")).replace('name="c" isCodable="true"/>', f'name="c" isCodable="1">{inner}'))
    )
    assert [(one.name, one.parent, one.codable, one.description) for one in read.codes] == [
        ("c", None, True, ""),
        ("in", uuid.UUID(CODE), False, "d"),
    ]


def amiss(file: io.BytesIO) -> str:
    with pytest.raises(Amiss) as refused:
        qdpx.read(file)
    return str(refused.value)


BOMB = '<!DOCTYPE p [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'


@pytest.mark.parametrize("head", [BOMB, '<!DOCTYPE p SYSTEM "file:///etc/passwd">', "<!DOCTYPE p>"])
def test_a_document_type_is_refused_whatever_it_declares(head):
    assert "document type" in amiss(packed(qde(text_source(""), head=head)))


@pytest.mark.parametrize(
    ("description", "why"),
    [
        (qde(text_source("", "internal://other.txt")), "not in the archive"),
        (qde(text_source("", "absolute:///etc/passwd")), "not in the archive"),
        (qde(text_source("", "internal://../project.qde")), "not in the archive"),
        (qde(text_source(selection(0, 999))), "outside its text"),
        (qde(text_source(selection(-1, 2))), "outside its text"),
        (qde(text_source(selection(5, 2))), "outside its text"),
        (qde(text_source(selection(0, 2).replace('"2"', '"two"'))), "without its positions"),
        (qde(text_source(selection(0, 2).replace(CODE, SOURCE))), "code book does not hold"),
        (qde(text_source(selection(0, 2).replace(USER, CODE))), "not among the users"),
        (qde(text_source("")).replace(f'guid="{SOURCE}"', 'guid="7"'), "without a GUID"),
        (qde(text_source(""), more=f'<Cases><Case guid="{USER}"><VariableValue/></Case></Cases>'), "not declared"),
        (qde(text_source(""))[:-5], "cut off"),
        ("<html/>", "no REFI-QDA project"),
        ("<Project>" + "<Code>" * 200, "nested too deep"),
        ('<?xml version="1.0" encoding="klingon"?><Project/>', "not XML"),
    ],
)  # fmt: skip
def test_a_project_that_contradicts_itself_is_refused_in_a_sentence(description, why):
    assert why in amiss(packed(description))


def test_a_text_that_is_not_in_utf_8_is_refused_rather_than_guessed():
    assert "not in UTF-8" in amiss(packed(qde(text_source("")), "été".encode("latin-1")))


def test_an_archive_that_holds_too_much_is_refused_before_it_is_read(monkeypatch):
    monkeypatch.setattr(qdpx_archive, "LARGEST", 2_000)
    with zipfile.ZipFile(packed(qde(text_source("")), b"0" * 5_000)) as opened, pytest.raises(Amiss, match="too large"):
        qdpx_archive.Archive(opened)


def test_an_archive_that_lies_about_its_sizes_is_cut_off_where_it_is_too_much(monkeypatch):
    monkeypatch.setattr(qdpx_archive, "LARGEST", 1_000)
    with zipfile.ZipFile(packed(qde(text_source("")), b"0" * 5_000)) as opened:
        for one in opened.infolist():
            one.file_size = 10
        archive = qdpx_archive.Archive(opened)
        archive.left = 100
        with pytest.raises((Amiss, zipfile.BadZipFile)):
            archive.text("internal://t.txt")


def test_two_files_under_one_name_two_descriptions_and_none_are_refused():
    for names, why in (
        (["a.qde", "A.qde"], "one name"),
        (["a.qde", "b.qde"], "more than one"),
        (["x/a.qde"], "no project"),
    ):
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w") as archive:
            for name in names:
                archive.writestr(name, qde(""))
        assert why in amiss(made)


def test_a_file_that_is_cut_off_or_damaged_anywhere_is_never_half_read():
    whole = packed(qde(text_source(selection(0, 7)))).getvalue()
    read = qdpx.read(io.BytesIO(whole))
    for cut in range(0, len(whole) - 1, 7):
        amiss(io.BytesIO(whole[:cut]))
        harmed = whole[:cut] + bytes([whole[cut] ^ 0x55]) + whole[cut + 1 :]
        try:
            again = qdpx.read(io.BytesIO(harmed))
        except Amiss:
            continue
        assert again == read
