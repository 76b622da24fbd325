"""Makes the documents in tests/resumes/written: `python tools/resume_samples.py [NAME …]`.

Invented people, each printed by several programs: python-docx, LibreOffice (`soffice`), LaTeX (`pdflatex`), Chromium
(playwright) and fpdf2. What a program is missing for is left out, and said. What must be read from them stands beside them in
`expected.yaml`, written by hand.
"""

from __future__ import annotations

import html
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import yaml

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "tests/resumes/written"
MARGIN: Any = dict.fromkeys(("top", "bottom", "left", "right"), "15mm")
LABELS = {
    "en": ("Summary", "Experience", "Education", "Skills", "Languages"),
    "de": ("Kurzprofil", "Berufserfahrung", "Ausbildung", "Kenntnisse", "Sprachen"),
    "fr": ("Profil", "Expérience professionnelle", "Formation", "Compétences", "Langues"),
    "es": ("Perfil", "Experiencia laboral", "Educación", "Habilidades", "Idiomas"),
}


class Person(NamedTuple):
    """An invented person, as `people.yaml` has them."""

    language: str
    name: str
    headline: str
    summary: str
    jobs: list[dict[str, str]]
    education: str
    skills: dict[str, str]
    languages: str


def people() -> dict[str, Person]:
    """The people by a short name."""
    rows = yaml.safe_load((FOLDER / "people.yaml").read_text(encoding="utf-8"))
    return {name: Person(**row) for name, row in rows.items()}


def as_markdown(person: Person) -> str:
    """One column, with the marks of Markdown."""
    summary, work, education, skills, languages = LABELS[person.language]
    lines = [
        f"# {person.name}",
        "",
        person.headline,
        "",
        f"## {summary}",
        "",
        person.summary,
        "",
        f"## {work}",
        "",
    ]
    for job in person.jobs:
        lines += [f"### {job['title']}, {job['employer']}", job["dates"], "", f"- {job['text']}", ""]
    lines += [f"## {education}", "", person.education, "", f"## {skills}", ""]
    lines += [f"- {label}: {names}" for label, names in person.skills.items()]
    return "\n".join([*lines, "", f"## {languages}", "", person.languages, ""])


def as_text(person: Person) -> str:
    """As people type it: dates first, headings in capitals."""
    _, work, education, skills, languages = (one.upper() for one in LABELS[person.language])
    lines = [person.name, person.headline, "", person.summary, "", work, ""]
    for job in person.jobs:
        lines += [
            f"{job['dates']}   {job['title']}",
            f"              {job['employer']}",
            f"              * {job['text']}",
            "",
        ]
    lines += [skills, ""] + [f"{label}: {names}" for label, names in person.skills.items()]
    return "\n".join([*lines, "", education, person.education, "", languages, person.languages, ""])


def as_html(person: Person, columns: int) -> str:
    """A page of one, two or three columns: skills at the side, and in a third the rest."""
    summary, work, education, skills, languages = LABELS[person.language]
    say = html.escape
    jobs = "".join(
        f"<h3>{say(job['title'])}</h3><p class=row><span>{say(job['employer'])}</span><span>{say(job['dates'])}</span></p>"
        f"<ul><li>{say(job['text'])}</li></ul>"
        for job in person.jobs
    )
    listed = "".join(f"<p><b>{say(label)}:</b> {say(names)}</p>" for label, names in person.skills.items())
    side = f"<h2>{skills}</h2>{listed}"
    rest = f"<h2>{education}</h2><p>{say(person.education)}</p><h2>{languages}</h2><p>{say(person.languages)}</p>"
    main = f"<h2>{summary}</h2><p>{say(person.summary)}</p><h2>{work}</h2>{jobs}"
    parts = {1: [main + side + rest], 2: [side + rest, main], 3: [side, main, rest]}[columns]
    widths = {1: "1fr", 2: "1fr 2fr", 3: "1fr 2fr 1fr"}[columns]
    cells = "".join(f"<div>{one}</div>" for one in parts)
    return (
        "<meta charset=utf-8><style>body{font:10pt serif;hyphens:auto}.row{display:flex;justify-content:space-between}"
        f"main{{display:grid;grid-template-columns:{widths};gap:9mm}}</style><html lang={person.language}>"
        f"<h1>{say(person.name)}</h1><p>{say(person.headline)}</p><main>{cells}</main>"
    )


def as_linkedin(person: Person) -> str:
    """The layout of LinkedIn's profile as a PDF: contact and top skills at the side, the employer above the title."""
    _, _, education, _, _ = LABELS[person.language]
    say = html.escape
    top = "".join(f"<p>{say(one)}</p>" for one in ", ".join(person.skills.values()).split(", "))
    side = (
        f"<h2>Contact</h2><p>www.linkedin.com/in/nobody-here (LinkedIn)</p><h2>Top Skills</h2>{top}"
        f"<h2>Languages</h2><p>{say(person.languages)}</p>"
    )
    jobs = "".join(
        f"<p><b>{say(job['employer'])}</b><br>{say(job['title'])}<br>"
        f"{say(job['dates'].replace('–', '-'))} (5 years 9 months)<br>Somewhere</p>"
        f"<p>{say(job['text'])}</p>"
        for job in person.jobs
    )
    main = (
        f"<h1>{say(person.name)}</h1><p>{say(person.headline)}</p><p>Somewhere, Nowhere</p>"
        f"<h2>Summary</h2><p>{say(person.summary)}</p>"
        f"<h2>Experience</h2>{jobs}<h2>{education}</h2><p>{say(person.education)}</p>"
    )
    style = (
        "body{font:10pt sans-serif}main{display:grid;grid-template-columns:1fr 3fr;gap:12mm}p{margin:1mm 0}"
    )
    return f"<meta charset=utf-8><style>{style}</style><main><div>{side}</div><div>{main}</div></main>"


def docx(person: Person, path: Path) -> None:
    """python-docx: headings, bullets, and the skills as a table."""
    from docx import Document

    summary, work, education, skills, languages = LABELS[person.language]
    document = Document()
    document.add_heading(person.name, 0)
    document.add_paragraph(person.headline)
    document.add_heading(summary, 1)
    document.add_paragraph(person.summary)
    document.add_heading(work, 1)
    for job in person.jobs:
        document.add_paragraph(f"{job['title']}\t{job['dates']}")
        document.add_paragraph(job["employer"])
        document.add_paragraph(job["text"], style="List Bullet")
    document.add_heading(skills, 1)
    table = document.add_table(rows=0, cols=2)
    for label, names in person.skills.items():
        cells = table.add_row().cells
        cells[0].text, cells[1].text = label, names
    for heading, text in ((education, person.education), (languages, person.languages)):
        document.add_heading(heading, 1)
        document.add_paragraph(text)
    document.save(str(path))


def fpdf(person: Person, path: Path) -> None:
    """fpdf2: one column, core fonts, a foot on every page."""
    from fpdf import FPDF

    summary, work, education, skills, languages = LABELS[person.language]
    pdf = FPDF()
    pdf.add_page()

    def put(text: str, size: int = 11, style: str = "") -> None:
        pdf.set_font("Helvetica", style, size)
        pdf.multi_cell(0, size * 0.5, text.replace("–", "-").replace("’", "'"), new_x="LMARGIN", new_y="NEXT")

    put(person.name, 18, "B")
    put(person.headline)
    for heading, text in ((summary, person.summary), (work, "")):
        put(heading, 13, "B")
        put(text)
    for job in person.jobs:
        put(f"{job['title']}, {job['employer']} ({job['dates']})", style="B")
        put(job["text"])
    put(skills, 13, "B")
    for label, names in person.skills.items():
        put(f"{label}: {names}")
    for heading, text in ((education, person.education), (languages, person.languages)):
        put(heading, 13, "B")
        put(text)
    pdf.output(str(path))


def chromium(page_of: Callable[[Person], str]) -> Callable[[Person, Path], None]:
    """HTML to PDF."""

    def printed(person: Person, path: Path) -> None:
        from trackfit.tests.support.outside import running_browser

        with running_browser() as browser:
            page = browser.new_page()
            page.set_content(page_of(person))
            page.pdf(path=str(path), format="A4", margin=MARGIN)

    return printed


def office(ending: str) -> Callable[[Person, Path], None]:
    """LibreOffice, from what python-docx wrote."""

    def converted(person: Person, path: Path) -> None:
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder, f"{path.stem}.docx")
            docx(person, source)
            profile = f"-env:UserInstallation=file://{folder}/profile"
            command = [
                "soffice",
                profile,
                "--headless",
                "--convert-to",
                ending,
                "--outdir",
                folder,
                str(source),
            ]
            subprocess.run(command, check=True, capture_output=True)
            shutil.copy(Path(folder, f"{path.stem}.{ending}"), path)

    return converted


def latex(person: Person, path: Path) -> None:
    """pdflatex: the class article, ligatures and hyphens as TeX sets them."""
    summary, work, education, skills, languages = LABELS[person.language]

    def say(text: str) -> str:
        for sign in "&%#_":
            text = text.replace(sign, f"\\{sign}")
        return text.replace("–", "--")

    jobs = "".join(
        rf"\textbf{{{say(job['title'])}}} \hfill {say(job['dates'])}\\ {say(job['employer'])}"
        rf"\begin{{itemize}}\item {say(job['text'])}\end{{itemize}}"
        for job in person.jobs
    )
    listed = r"\\ ".join(rf"\textbf{{{say(label)}:}} {say(names)}" for label, names in person.skills.items())
    source = rf"""\documentclass{{article}}
\usepackage[utf8]{{inputenc}}\usepackage[T1]{{fontenc}}\usepackage{{lmodern}}\parindent0pt\pagestyle{{empty}}
\begin{{document}}{{\LARGE {say(person.name)}}}\\ {say(person.headline)}
\section*{{{summary}}}{say(person.summary)}\section*{{{work}}}{jobs}\section*{{{skills}}}{listed}
\section*{{{education}}}{say(person.education)}\section*{{{languages}}}{say(person.languages)}\end{{document}}"""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "cv.tex").write_text(source, encoding="utf-8")
        subprocess.run(
            ["pdflatex", "-interaction=batchmode", "cv.tex"], cwd=folder, check=True, capture_output=True
        )
        shutil.copy(Path(folder, "cv.pdf"), path)


def _texts(made: Callable[[Person], str]) -> Callable[[Person, Path], None]:
    def written(person: Person, path: Path) -> None:
        path.write_text(made(person), encoding="utf-8")

    return written


MAKERS: dict[str, tuple[str, Callable[[Person, Path], None]]] = {
    "markdown": ("md", _texts(as_markdown)),
    "text": ("txt", _texts(as_text)),
    "html": ("html", _texts(lambda person: as_html(person, 2))),
    "docx": ("docx", docx),
    "odt": ("odt", office("odt")),
    "office": ("pdf", office("pdf")),
    "fpdf": ("pdf", fpdf),
    "chromium1": ("pdf", chromium(lambda person: as_html(person, 1))),
    "chromium2": ("pdf", chromium(lambda person: as_html(person, 2))),
    "chromium3": ("pdf", chromium(lambda person: as_html(person, 3))),
    "latex": ("pdf", latex),
    "linkedin": ("pdf", chromium(as_linkedin)),
}


def main(wanted: list[str]) -> None:
    """Make every document, or those of the named makers."""
    for who, person in people().items():
        for maker, (ending, make) in MAKERS.items():
            if wanted and maker not in wanted:
                continue
            try:
                make(person, FOLDER / f"{who}-{maker}.{ending}")
            except FileNotFoundError as error:
                print(f"left out: {who}-{maker}: there is no {error.filename}")


if __name__ == "__main__":
    main(sys.argv[1:])
