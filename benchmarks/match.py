"""How well and how fast `trackfit match` reads advertisements, beside two simpler ways with the same vocabulary.

Well: recall and precision of skills on the advertisements in tests/adverts/labelled, read by hand. Beside it stand a plain
search for every spelling between word boundaries, and the keyword extractor flashtext, if it is installed. The rules were
mended on these texts, so others will be read a little worse.
Fast: as many advertisements as the largest set that a source of ours counts. Run it with `make bench SECTION=match`.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import yaml

from trackfit import KnowledgeBase
from trackfit.engine.adverts.advert import AdvertText
from trackfit.engine.adverts.reading import AdvertReader
from trackfit.engine.papers.paper import lines_of

LABELLED = Path(__file__).resolve().parent.parent / "tests/adverts/labelled"
MANY = 1_765
Extractor = Callable[[str], set[str]]


def main() -> None:
    """Measure, and print what came out."""
    kb = KnowledgeBase.load(engine="three-valued")
    rows = [
        row
        for path in sorted(LABELLED.glob("*.yaml"))
        for row in yaml.safe_load(path.read_text(encoding="utf-8"))
    ]
    reader = AdvertReader(kb)
    ways: dict[str, Extractor] = {
        "trackfit match": lambda text: {one.skill for one in reader.read(_advert(text)).skills},
        "plain search": _plain_search(kb),
    }
    if find_spec("flashtext"):
        ways["flashtext"] = _flashtext(kb)
    print(f"Skills in {len(rows)} advertisements read by hand")
    print(f"  {'':16} recall  precision")
    for name, extract in ways.items():
        recall, precision = _measured(rows, extract)
        print(f"  {name:16} {recall:6.1%}  {precision:9.1%}")
    if "flashtext" not in ways:
        print("  flashtext is left out: it is not installed (pip install flashtext)")
    texts = [rows[number % len(rows)]["text"] for number in range(MANY)]
    start = time.perf_counter()
    for text in texts:
        reader.read(_advert(text))
    print(f"{MANY:,} advertisements on one core: {time.perf_counter() - start:.1f} s")


def _advert(text: str) -> AdvertText:
    return AdvertText("advert", lines_of(text))


def _spellings(kb: KnowledgeBase) -> dict[str, str]:
    """Every name and alias in small letters, with its skill."""
    return {
        text.casefold(): skill.id
        for skill in kb.facts.skills.values()
        for text in (skill.name, *skill.aliases)
    }


def _plain_search(kb: KnowledgeBase) -> Extractor:
    known = _spellings(kb)
    either = "|".join(re.escape(one) for one in sorted(known, key=len, reverse=True))
    pattern = re.compile(rf"(?<!\w)(?:{either})(?!\w)", re.IGNORECASE)
    return lambda text: {
        known[match.casefold()] for match in pattern.findall(text) if match.casefold() in known
    }


def _flashtext(kb: KnowledgeBase) -> Extractor:
    from flashtext import KeywordProcessor  # pyright: ignore[reportMissingImports]

    processor = KeywordProcessor()
    for text, id_ in _spellings(kb).items():
        processor.add_keyword(text, id_)
    return lambda text: set(processor.extract_keywords(text))


def _measured(rows: list[dict[str, list[str]]], extract: Extractor) -> tuple[float, float]:
    right = wanted = found = 0
    for row in rows:
        labelled = {*row.get("skills", ()), *row.get("wished", ())}
        extracted = extract(str(row["text"]))
        right, wanted, found = (
            right + len(labelled & extracted),
            wanted + len(labelled),
            found + len(extracted),
        )
    return right / wanted, right / found


if __name__ == "__main__":
    main()
