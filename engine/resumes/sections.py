"""The sections of a résumé that people wrote: which headings begin them, in the languages of résumés."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

import msgspec

from trackfit.engine.language.vocabulary import without_accents
from trackfit.engine.papers.paper import Line

Kind = Literal["skills", "work", "text", "other"]
"""A list of skills; jobs; text about the person; or what says nothing of either."""
_HEADINGS: dict[Kind, str] = {
    "skills": (
        "skills|technical skills|key skills|core skills|top skills|it skills|skills & tools|"
        "skills and tools|hard skills|technologies|"
        "technology|tech stack|tools|tools and technologies|tools & technologies|competencies|"
        "core competencies|technical expertise|"
        "expertise|areas of expertise|programming languages|technical proficiencies|technical profile|"
        "skill set|"
        "kenntnisse|it-kenntnisse|edv-kenntnisse|fachkenntnisse|fähigkeiten|technische kenntnisse|"
        "technologien|programmiersprachen|"
        "kompetenzen|skills und tools|compétences|compétences techniques|compétences informatiques|"
        "technologies et outils|outils|"
        "principales compétences|habilidades|competencias|competencias técnicas|conocimientos|"
        "conocimientos técnicos|tecnologías|aptitudes|"
        "aptitudes principales|habilidades técnicas|herramientas|competências|competências técnicas|"
        "principais competências|conhecimentos|"
        "tecnologias|competenze|competenze tecniche|tecnologie|vaardigheden|belangrijkste vaardigheden|"
        "umiejętności|top-kenntnisse"
    ),
    "work": (
        "experience|work experience|professional experience|employment|employment history|work history|"
        "career history|career|"
        "relevant experience|positions|professional background|berufserfahrung|beruflicher werdegang|"
        "berufspraxis|werdegang|"
        "praxiserfahrung|expérience|expériences|expérience professionnelle|expériences professionnelles|"
        "parcours professionnel|"
        "experiencia|experiencia laboral|experiencia profesional|trayectoria profesional|experiência|"
        "experiência profissional|"
        "experiências|esperienza|esperienze|esperienza professionale|esperienze professionali|"
        "esperienze lavorative|werkervaring|ervaring|"
        "doświadczenie"
    ),
    "text": (
        "summary|profile|about|about me|professional summary|projects|personal projects|selected projects|"
        "objective|highlights|"
        "profil|kurzprofil|über mich|projekte|zusammenfassung|projets|à propos|résumé|extracto|resumen|"
        "perfil|proyectos|sobre mí|"
        "sobre mim|projetos|resumo|profilo|progetti|profiel|projecten"
    ),
    "other": (
        "education|academic background|studies|training|courses|certificates|certifications|"
        "licenses & certifications|languages|interests|hobbies|"
        "references|publications|awards|honors|honors-awards|contact|personal details|volunteering|"
        "volunteer experience|patents|"
        "ausbildung|bildung|studium|bildungsweg|weiterbildung|zertifikate|sprachen|sprachkenntnisse|"
        "interessen|kontakt|persönliche daten|referenzen|"
        "ehrenamt|formation|formations|diplômes|études|langues|centres d'intérêt|loisirs|coordonnées|"
        "certificats|références|"
        "educación|formación|formación académica|estudios|idiomas|intereses|contacto|certificaciones|"
        "referencias|educação|formação|"
        "formação acadêmica|idiomas|contato|certificações|istruzione|formazione|lingue|contatti|"
        "certificazioni|interessi|opleiding|opleidingen|talen|"
        "contactgegevens|wykształcenie|języki"
    ),
}
_KINDS: dict[str, Kind] = {
    without_accents(phrase): kind for kind, phrases in _HEADINGS.items() for phrase in phrases.split("|")
}
_MARKS = re.compile(r"^[#\s>*_\-–—:|]+|[\s*_\-–—:|#]+$")
_SPACED = re.compile(r"(?:\w ){3,}\w")


class Section(msgspec.Struct):
    """A part of a résumé, and its lines without the heading."""

    kind: Kind | None
    lines: list[Line]


def heading_of(text: str) -> Kind | None:
    """Which section a line begins, if it is a heading that somebody knows.

    >>> heading_of("## Work Experience"), heading_of("KENNTNISSE:"), heading_of("S K I L L S"), heading_of("Acme GmbH")
    ('work', 'skills', 'skills', None)
    """
    bare = _MARKS.sub("", text)
    if _SPACED.fullmatch(bare):
        bare = bare.replace(" ", "")
    return _KINDS.get(without_accents(bare))


def sections_of(lines: Sequence[Line], ends: frozenset[int]) -> list[Section]:
    """The lines by sections; one without a kind begins at the first line, and at those whose identities are `ends`."""
    found = [Section(None, [])]
    for line in lines:
        kind = heading_of(line.text)
        if kind is not None:
            found.append(Section(kind, []))
        elif id(line) in ends:
            found.append(Section(None, [line]))
        else:
            found[-1].lines.append(line)
    return found
