"""Try every address of a knowledge base, for whoever has a network: python tools/check_links.py [FOLDER] > links.csv.

The program itself never goes online. What comes out is a dated list, one address a line; a coach then renews `checked`
and `how` of the rows that were found, and looks for another page in place of those that were not.
"""

from __future__ import annotations

import csv
import datetime
import sys
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from http.client import HTTPException
from pathlib import Path
from typing import Any

from trackfit import KnowledgeBase
from trackfit.engine.language.model import Facts

HEADINGS = ("tried", "address", "rows", "found", "moved_to")
SECONDS = 20
AGENT = "Mozilla/5.0 (compatible; trackfit check_links)"

Open = Callable[..., Any]


def addresses(facts: Facts) -> dict[str, list[str]]:
    """The rows that give each address, as `table/id`; addresses in order."""
    found: dict[str, list[str]] = defaultdict(list)
    for table in ("sources", "resources"):
        for row in getattr(facts, table).values():
            if row.address is not None:
                found[row.address].append(f"{table}/{row.id}")
    return dict(sorted(found.items()))


def attempt(address: str, open_: Open = urllib.request.urlopen) -> tuple[str, str]:
    """What an address gives: its status or the fault in words, and where it leads, if elsewhere."""
    request = urllib.request.Request(address, headers={"User-Agent": AGENT})  # noqa: S310 (check allows only http)
    try:
        with open_(request, timeout=SECONDS) as answer:
            return str(answer.status), "" if answer.url == address else str(answer.url)
    except urllib.error.HTTPError as error:
        return str(error.code), ""
    except (OSError, HTTPException) as error:
        return f"no answer: {error}", ""


def listing(facts: Facts, day: str, open_: Open = urllib.request.urlopen) -> Iterator[tuple[str, ...]]:
    """One row an address, under `HEADINGS`. `day` is YYYY-MM-DD."""
    for address, rows in addresses(facts).items():
        yield day, address, " ".join(rows), *attempt(address, open_)


def main(arguments: Iterable[str]) -> int:
    """Write the list to standard output; 1 where an address gave no page."""
    folder = next(iter(arguments), None)
    kb = KnowledgeBase.load(Path(folder) if folder else None)
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(HEADINGS)
    failed = False
    for row in listing(kb.facts, datetime.datetime.now(tz=datetime.UTC).date().isoformat()):
        writer.writerow(row)
        failed |= row[3] != "200"
    return int(failed)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
