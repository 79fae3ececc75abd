"""Forms of agencies' web pages, as a browser prints them: each page of this module is one way in which such pages are drawn."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from html import escape
from pathlib import Path

import pypdfium2
import pytest
from reportlab.pdfgen.canvas import Canvas

from extractors.models import FormReading
from extractors.read import read
from tests.extractors.drawn import drawn

DAY = date(2026, 11, 20)
CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
QUIET = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-pdf-header-footer",
]
LEVELS = ("Level 1", "Level 2", "Level 3")
RISKS = ("Low", "Medium", "High", "Very high")
CATEGORIES = (
    "Category 1 - Registered sexual offender",
    "Category 2 - Violent or other sexual offender",
    "Category 3 - Other dangerous offender",
    "Category 4 - Terrorist or terrorist risk offender",
)
YES_NO = ("Yes", "No")


@dataclass(frozen=True)
class Question:
    """A question of a page: what it is read as, its words, its answer as shown, its options, its hint."""

    key: str
    label: str
    shown: str
    value: object
    options: tuple[str, ...] = ()
    hint: str = ""


PERSON = (
    Question("person.family_name", "Last name", "Wrigley", "Wrigley"),
    Question("person.given_names", "First names", "Kai Anthony", "Kai Anthony"),
    Question("person.date_of_birth", "Date of birth", "05 12 2009", "2009-12-05", hint="For example, 27 3 2007"),
    Question("person.gender", "Gender", "Male", "Male"),
    Question("person.ethnicity", "Ethnicity", "White British", "White British", hint="Words, and not a code"),
    Question("person.prison_number", "Prison number", "", None, hint="It is on the warrant"),
)
COURT = (
    Question("conviction.index_offence", "Index offence", "Robbery", "Robbery"),
    Question("conviction.date", "Date of conviction", "11 09 2026", "2026-09-11"),
    Question("conviction.court", "Court", "Bolton Youth Court", "Bolton Youth Court"),
    Question("conviction.sentence", "Sentence type and length", "18 months detention", "18 months detention"),
    Question("conviction.sentence_date", "Date of sentence", "02 10 2026", "2026-10-02"),
    Question("conviction.previous", "Previous relevant convictions", "", None),
)
MANAGED = (
    Question("referral.level_proposed", "Proposed level of management", "Level 2", "2", LEVELS),
    Question("referral.form_a_attached", "Is MAPPA A attached?", "No", "no", YES_NO, "Attach it for level 2 or 3"),
    Question("referral.terrorism", "Are there terrorism concerns?", "Yes", "yes", YES_NO),
    Question("risk.overall", "Overall risk of serious harm", "High", "high", RISKS),
    Question("endorsement.endorsed", "Endorsed by line manager?", "", None, YES_NO),
)
SENDER = (
    Question("area", "MAPPA Area", "Greater Manchester", "Greater Manchester"),
    Question("referrer.name", "Your name", "Asif Rahman", "Asif Rahman"),
    Question("referrer.role", "Job title", "Case manager", "Case manager"),
    Question("referrer.email", "Secure email", "asif@example.gov.uk", "asif@example.gov.uk"),
)
CATEGORY = Question("category", "Which MAPPA category?", CATEGORIES[1], ("2",), CATEGORIES, "Select one option")
SECTIONS = {"The child": PERSON, "The offence": COURT, "MAPPA": (CATEGORY, *MANAGED), "About you": SENDER}


def page(title: str, style: str, section: Callable[[str, tuple[Question, ...]], str], *, first: str = "") -> str:
    """A page of all sections, each drawn by `section`; its styles hold within it alone."""
    inside = "".join(section(heading, asked) for heading, asked in SECTIONS.items())
    return f"<article class='{title.split()[-1]}'><style>{style}</style><h1>MAPPA Form H: {title}</h1>{first}{inside}</article>"


def answers() -> str:
    """A summary of answers before they are sent: rows between rules, with links, under larger headings."""

    def section(heading: str, asked: tuple[Question, ...]) -> str:
        rows = "".join(
            f"<div class=r><b>{q.label}</b><span>{escape(q.shown) or 'Not answered'}</span><u>Change</u></div>"
            for q in asked
        )
        return f"<h2>{heading}</h2>{rows}"

    style = ".answers{font:12pt Times New Roman,Liberation Serif} .answers h2{font-size:17pt;margin:26pt 0 6pt} .answers .r{display:flex;border-bottom:1px solid #b1b4b6;padding:6pt 0} .answers b{width:34%} .answers span{width:52%}"
    return page("check your answers", style, section)


def questions() -> str:
    """One question below the other: circles and squares as large as fingers, three boxes for a date, grey hints."""

    def asked_as(q: Question) -> str:
        head = f"<h3>{q.label}</h3>" + (f"<p class=hint>{q.hint}</p>" if q.hint else "")
        if q.options:
            kind = "square" if q is CATEGORY else "circle"
            return head + "".join(
                f"<div class='{kind}{' on' if option == q.shown else ''}'>{option}</div>" for option in q.options
            )
        if q.label.startswith("Date"):
            parts = zip(("Day", "Month", "Year"), q.shown.split(), strict=True)
            return f"{head}<div class=d>{''.join(f'<div>{name}<p>{part}</p></div>' for name, part in parts)}</div>"
        return f"{head}<div class=box>{escape(q.shown)}</div>"

    style = """.questions{font:14pt Liberation Sans} .questions h3{font-size:14pt;margin:14pt 0 4pt} .questions .hint{color:#505a5f;margin:0 0 4pt}
    .questions .box,.questions .d p{border:2px solid #0b0c0c;padding:4pt;min-height:17pt;width:60%;margin:0} .questions .d{display:flex} .questions .d div{width:60pt}
    .questions .circle,.questions .square{position:relative;padding:7pt 0 0 40pt;min-height:28pt} .questions .circle::before,.questions .square::before{content:"";position:absolute;left:0;top:0;width:30pt;height:30pt;box-sizing:border-box;border:2px solid #0b0c0c}
    .questions .circle::before{border-radius:50%} .questions .circle.on::after{content:"";position:absolute;left:7.5pt;top:7.5pt;border:7.5pt solid #0b0c0c;border-radius:50%}
    .questions .square.on::after{content:"";position:absolute;left:7pt;top:8pt;width:16pt;height:7pt;border:solid #0b0c0c;border-width:0 0 5px 5px;transform:rotate(-45deg)}"""
    return page("questions", style, lambda heading, asked: f"<h2>{heading}</h2>{''.join(asked_as(q) for q in asked)}")


def fields() -> str:
    """Fields in three columns, each below its label, with the radio buttons and check boxes of the browser between them."""
    number = iter(range(1000))

    def asked_as(q: Question) -> str:
        if not q.options:
            return f"<div><label>{q.label}</label><input value='{escape(q.shown, quote=True)}'></div>"
        kind = "checkbox" if q is CATEGORY else "radio"
        name = next(number)
        inside = "".join(
            f"<span><input type={kind} name=n{name} {'checked' if option == q.shown else ''}> {option}</span> "
            for option in q.options
        )
        return f"<div class='{'wide' if q is CATEGORY else ''}'><label>{q.label}</label><p>{inside}</p></div>"

    style = ".fields{font:10pt DejaVu Sans} .fields .g{display:grid;grid-template-columns:1fr 1fr 1fr;gap:8pt} .fields .wide{grid-column:1/4} .fields label{display:block;font-size:8.5pt} .fields p{margin:0} .fields span{display:inline-block} .fields input:not([type]){width:100%;box-sizing:border-box;border:1px solid #767676;font:10pt DejaVu Sans;padding:3pt}"
    return page("fields", style, lambda _, asked: f"<div class=g>{''.join(asked_as(q) for q in asked)}</div><br>")


def stripes() -> str:
    """Every other row on a pale fill, and chosen words as badges."""

    def section(heading: str, asked: tuple[Question, ...]) -> str:
        rows = "".join(
            f"<div class=r><i>{q.label}</i><span class='{'badge' if q.options and q.shown and q is not CATEGORY else ''}'>{escape(q.shown) or 'No answer provided'}</span></div>"
            for q in asked
        )
        return f"<h2>{heading}</h2><div>{rows}</div>"

    style = ".stripes *{-webkit-print-color-adjust:exact} .stripes{font:11pt Liberation Sans} .stripes i{font-style:normal;display:inline-block;width:40%} .stripes .r{padding:6pt} .stripes .r:nth-child(even){background:#eef3f8} .stripes .badge{background:#777;color:#fff;border-radius:9pt;padding:2pt 9pt;font-size:9pt}"
    return page("stripes", style, section)


def report() -> str:
    """A case system's report: labels with their answers in two columns, and a rule under each heading."""

    def section(heading: str, asked: tuple[Question, ...]) -> str:
        inside = "".join(f"<div><b>{q.label.rstrip('?')}:</b> {escape(q.shown)}</div>" for q in asked)
        return f"<h2>{heading}</h2>{inside}"

    style = ".report{font:9.5pt Liberation Sans} .report h2{border-bottom:2px solid #005eb8;font-size:13pt;margin:12pt 0 4pt} .report div{display:inline-block;width:49%;margin:3pt 0}"
    return page("report", style, section)


def cards() -> str:
    """A card with a shadow for each section, and small capitals over the answers in two columns."""

    def section(heading: str, asked: tuple[Question, ...]) -> str:
        inside = "".join(f"<div><small>{q.label}</small><br>{escape(q.shown) or '-'}</div>" for q in asked)
        return f"<div class=card><h2>{heading}</h2><div class=g>{inside}</div></div>"

    style = ".cards{font:10pt Liberation Sans} .cards .card{border-radius:8px;box-shadow:0 2px 6px rgba(0,0,0,.35);padding:10pt;margin:10pt 0} .cards .g{display:grid;grid-template-columns:1fr 1fr;gap:8pt 18pt} .cards small{font-size:8pt;color:#6b7280;text-transform:uppercase}"
    return page("cards", style, section)


def survey() -> str:
    """Numbered questions, each over a grey fill with its answer; chosen options are circles and squares filled with colour."""
    number = iter(range(1, 1000))

    def asked_as(q: Question) -> str:
        head = f"<p>{next(number)}. {q.label} *</p>"
        if not q.options:
            return f"{head}<div class=fill>{escape(q.shown)}</div>"
        kind = "square" if q is CATEGORY else "circle"
        return head + "".join(
            f"<div class=o><i class={kind}>{f'<b class={kind}></b>' if option == q.shown else ''}</i>{option}</div>"
            for option in q.options
        )

    style = """.survey{font:11pt Liberation Sans} .survey p{margin:12pt 0 4pt} .survey .fill{background:#f3f2f1;padding:5pt;min-height:12pt} .survey .o{display:flex;margin:4pt 0}
    .survey i{width:12pt;height:12pt;border:1px solid #666;margin-right:6pt;display:flex;align-items:center;justify-content:center} .survey .circle{border-radius:50%} .survey b{background:#0f6cbd;width:7pt;height:7pt} .survey b.square{width:12pt;height:12pt}"""
    return page("survey", style, lambda heading, asked: f"<h3>{heading}</h3>{''.join(asked_as(q) for q in asked)}")


def small() -> str:
    """Rows printed smaller than they are, as many browsers do to fit a page: labels level with the middle of their options."""
    number = iter(range(1000))

    def asked_as(q: Question) -> str:
        kind, name = "checkbox" if q is CATEGORY else "radio", next(number)
        inside = "".join(
            f"<input type={kind} name=m{name} {'checked' if option == q.shown else ''}> {option}<br>"
            for option in q.options
        )
        return f"<div class=r><span>{q.label}</span><div>{inside or escape(q.shown) or '&nbsp;'}</div></div>"

    style = ".small{font:12pt/1.6 Liberation Sans;zoom:.6} .small .r{display:flex;align-items:center;margin:6pt 0} .small span{width:300pt;font-weight:bold}"
    return page("small", style, lambda heading, asked: f"<h2>{heading}</h2>{''.join(asked_as(q) for q in asked)}")


def chips() -> str:
    """Options as chips side by side, the chosen one filled; answers on a line; ticks drawn in squares of their own colour."""
    square = "<rect x=.5 y=.5 width=14 height=14 rx=2 {} />"
    empty = square.format("fill=none stroke=#666")
    ticked = square.format("fill=#0b5 stroke=#0b5") + "<path d='M3 8l3 3 6-7' stroke=#fff stroke-width=2 fill=none />"

    def asked_as(q: Question) -> str:
        inside = f"<div class=line>{escape(q.shown)}</div>"
        if q is CATEGORY:
            marks = ((ticked if option == q.shown else empty, option) for option in q.options)
            inside = "".join(f"<div><svg width=15 height=15>{mark}</svg> {option}</div>" for mark, option in marks)
        elif q.options:
            inside = "".join(
                f"<span class='{'on' if option == q.shown else ''}'>{option}</span>" for option in q.options
            )
        return f"<div class=f><small>{q.label}</small>{inside}</div>"

    style = ".chips{font:11pt DejaVu Sans} .chips .f{margin:7pt 0} .chips small{display:block;font-size:8pt;color:#6200ee} .chips .line{border-bottom:1px solid #888;min-height:13pt} .chips span{display:inline-block;border:1px solid #999;border-radius:11pt;padding:2pt 10pt;margin-right:6pt;font-size:9pt} .chips span.on{background:#6200ee;color:#fff}"
    return page("chips", style, lambda heading, asked: f"<h3>{heading}</h3>{''.join(asked_as(q) for q in asked)}")


PAGES = (answers, questions, fields, stripes, report, cards, survey, small, chips)


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, bytes]:
    """Each page as the PDF that a browser prints of it."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed: no web page was printed")
    folder = tmp_path_factory.mktemp("printed")
    return _parted(_print(folder, "".join(one() for one in PAGES)))


def _print(folder: Path, body: str) -> bytes:
    source, target = folder / "forms.html", folder / "forms.pdf"
    style = "<style>article{break-before:page;-webkit-print-color-adjust:exact}</style>"
    source.write_text(f"<!doctype html><meta charset=utf-8>{style}{body}", encoding="utf-8")
    command = [CHROMIUM or "", *QUIET, f"--user-data-dir={folder / 'profile'}", f"--print-to-pdf={target}"]
    subprocess.run([*command, source.as_uri()], check=True, capture_output=True, timeout=60)
    return target.read_bytes()


def _parted(content: bytes) -> dict[str, bytes]:
    """The pages of each form as a file of their own, by the last word of its title."""
    whole = pypdfium2.PdfDocument(content)
    found: dict[str, list[int]] = {}
    for number in range(len(whole)):
        first = whole[number].get_textpage().get_text_range().strip().splitlines()[0]
        name = first.split()[-1] if first.startswith("MAPPA Form H:") else list(found)[-1]
        found.setdefault(name, []).append(number)
    parts: dict[str, bytes] = {}
    for name, numbers in found.items():
        one, buffer = pypdfium2.PdfDocument.new(), io.BytesIO()
        one.import_pages(whole, numbers)
        one.save(buffer)
        parts[name] = buffer.getvalue()
    return parts


def _read(content: bytes) -> FormReading:
    found = read(content, "form.pdf", DAY).forms[0]
    assert found.form == "H"
    return found


@pytest.mark.parametrize("name", [one.__name__ for one in PAGES])
def test_a_printed_web_page_is_read_as_it_was_answered(printed: Mapping[str, bytes], name: str) -> None:
    found = _read(printed[name])
    asked = [q for questions in SECTIONS.values() for q in questions]
    assert {q.key: found.value(q.key) for q in asked} == {q.key: q.value for q in asked}
    assert [q.key for q in asked if found.values[q.key].status == "absent"] == []


@pytest.mark.parametrize("name", ["answers", "stripes"])
def test_a_page_that_says_not_answered_has_a_blank(printed: Mapping[str, bytes], name: str) -> None:
    found = _read(printed[name])
    assert {found.values[key].status for key in ("person.prison_number", "conviction.previous")} == {"blank"}


def test_what_runs_over_the_side_of_the_page_is_not_called_sure() -> None:
    told = (
        "He has refused every appointment since March and was seen twice outside the house of the family who moved away"
    )

    def sheet(canvas: Canvas) -> None:
        canvas.drawString(50, 800, "MAPPA A")
        for nth, q in enumerate((*PERSON, *COURT, *SENDER)):
            canvas.drawString(50, 770 - 20 * nth, f"{q.label}: {q.shown}")
        canvas.drawString(50, 400, f"Reason for referral: {told}")

    found = read(drawn(sheet), "form.pdf", DAY).forms[0].values
    assert found["person.family_name"].confidence >= 0.9
    assert found["referral.reason"].value != told
    assert found["referral.reason"].confidence < 0.9


def test_a_border_filled_between_two_outlines_is_a_box_to_tick_or_to_write_in() -> None:
    def frame(canvas: Canvas, x: float, y: float, wide: float, high: float) -> None:
        path = canvas.beginPath()
        path.rect(x, y, wide, high)
        path.rect(x + 1.5, y + 1.5, wide - 3, high - 3)
        canvas.drawPath(path, stroke=0, fill=1, fillMode=0)

    def sheet(canvas: Canvas) -> None:
        canvas.drawString(50, 800, "MAPPA Form H")
        for nth, q in enumerate((*PERSON[:2], *COURT[:4], *SENDER)):
            canvas.drawString(50, 770 - 50 * nth, q.label)
            frame(canvas, 50, 740 - 50 * nth, 200, 24)
            canvas.drawString(56, 748 - 50 * nth, q.shown)
        canvas.drawString(50, 260, "Proposed level of management")
        for nth, option in enumerate(LEVELS):
            frame(canvas, 50, 220 - 34 * nth, 26, 26)
            canvas.drawString(86, 229 - 34 * nth, option)
        canvas.rect(56, 226 - 34, 14, 14, fill=1)

    found = read(drawn(sheet), "form.pdf", DAY).forms[0]
    keys = ("person.family_name", "person.given_names", "referral.level_proposed")
    assert [found.value(key) for key in keys] == ["Wrigley", "Kai Anthony", "2"]


def test_discs_tick_the_cells_of_a_table_and_filled_headings_stand_over_one(tmp_path: Path) -> None:
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed: no web page was printed")
    risks = {"Public": "Medium", "Known adult": "High", "Children": "Very high", "Staff": "Low"}
    disc = "<svg width=9 height=9><circle cx=4.5 cy=4.5 r=4 /></svg>"
    rows = "".join(
        f"<tr><td>{who}{''.join(f'<td align=center>{disc if risk == level else str()}' for level in RISKS)}"
        for who, risk in risks.items()
    )
    people = "<tr><td>Police<td>Dale Orwin<td>Offender manager<td>01632 960441"
    found = _print(
        tmp_path,
        "<style>table{border-collapse:collapse;width:100%} td{border:1px solid #888;padding:5px} th{background:#5a2d81;color:#fff;text-align:left;padding:5px}</style>"
        f"<h1>MAPPA A</h1><table><tr><td>Surname<td>Wrigley<td>Forenames<td>Kai</table><br><table><tr><td>Risk of serious harm<td>{'<td>'.join(RISKS)}{rows}</table>"
        f"<h3>Agencies and workers involved</h3><table><tr><th>Agency<th>Name<th>Role<th>Contact{people}</table>",
    )
    form = read(found, "form.pdf", DAY).forms[0]
    keys = ("risk.public", "risk.known_adult", "risk.children", "risk.staff")
    assert [form.value(key) for key in keys] == ["medium", "high", "very_high", "low"]
    agencies = form.value("agencies")
    assert isinstance(agencies, tuple)
    assert [dict(row) for row in agencies if not isinstance(row, str)] == [
        {"agency": "Police", "name": "Dale Orwin", "role": "Offender manager", "contact": "01632 960441"}
    ]


def test_what_a_field_shows_up_to_its_side_may_be_cut_off(tmp_path: Path) -> None:
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed: no web page was printed")
    shown = {"person.family_name": "Wrigley", "conviction.sentence": "18 months detention and training order"}
    boxes = "".join(
        f"<p><label>{q.label}</label><br><input style='width:140pt;font:10pt Liberation Sans' value='{shown.get(q.key, q.shown)}'></p>"
        for q in (*PERSON, *COURT, *SENDER)
    )
    found = _read(_print(tmp_path, f"<h1>MAPPA Form H</h1>{boxes}"))
    assert found.value("person.family_name") == "Wrigley"
    cut = found.values["conviction.sentence"]
    assert cut.value != shown["conviction.sentence"]
    assert cut.confidence < 0.9
