"""The folder of a site: whole, the same every time, safe, and refused where it cannot be made."""

import base64
import hashlib
import html
import io
import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner

from trackfit import KnowledgeBase, to_html
from trackfit.cli import cli
from trackfit.engine.documents.folder import FOLDERS
from trackfit.engine.inference.base import shipped
from trackfit.engine.site.archive import ROOMS
from trackfit.engine.site.build import compressed_size, site_files
from trackfit.engine.site.runtime import find_runtime
from trackfit.tests.support.places import EXAMPLES, ROOT, TESTS
from trackfit.tests.support.shipped import DAY, three_valued
from trackfit.tests.support.sites import Asking, standing_for_runtime

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
SCRIPTS = sorted((ROOT / "web").glob("*.js"))


@pytest.fixture(scope="module")
def runtime(tmp_path_factory):
    return standing_for_runtime(tmp_path_factory.mktemp("runtime"))


@pytest.fixture(scope="module")
def files(runtime):
    return site_files(three_valued(), find_runtime(runtime))


def page_of(files):
    return files["index.html"].decode()


def said_in(files, name):
    """What a `meta` of the page says."""
    found = re.search(rf'{name}" content="([^"]*)"', page_of(files))
    assert found is not None
    return html.unescape(found[1])


def settings_of(files):
    return json.loads(said_in(files, "files"))


def names_in(content):
    return zipfile.ZipFile(io.BytesIO(content)).namelist()


def test_a_site_is_the_same_every_time(files, runtime):
    assert site_files(three_valued(), find_runtime(runtime)) == files


def test_every_file_that_a_page_names_is_there_and_is_what_it_says(files):
    given = settings_of(files)
    named = re.findall(r'(?:href|src)="([^"]+)" integrity="([^"]+)"', page_of(files))
    assert len(named) == 5
    for name, digest in [*named, *given["integrity"].items()]:
        assert digest == "sha384-" + base64.b64encode(hashlib.sha384(files[name]).digest()).decode()
    assert {given["engine"], given["knowledge"], given["worker"]} <= files.keys()
    assert f"{given['runtime']}pyodide.asm.wasm" in given["integrity"]
    for link in re.findall(r'(?:href|src)="([^"]+)"', page_of(files)):
        assert link in files


def test_no_address_leads_out_of_the_site(files):
    for name, content in files.items():
        if name.startswith("page-") or ("/" not in name and not name.endswith(".zip")):
            text = content.decode().replace("http://www.w3.org/2000/svg", "")
            assert not re.search(r"https?:", text), name


def test_names_change_with_what_is_in_them(files):
    for name in files.keys() - {"index.html", "sw.js", "_headers"}:
        assert re.fullmatch(r"(engine|knowledge|page|runtime)-[0-9a-f]{16}(\.zip|/[\w.-]+)", name)
    worker = files["sw.js"].decode()
    assert json.loads(worker.partition("FILES = ")[2].partition(";")[0]) == sorted(
        files.keys() - {"index.html", "sw.js", "_headers"}
    )


def test_the_policy_lets_only_the_reports_style_in(files):
    style = to_html(three_valued().consult({"background": "other"}, three_valued().settled))
    style = style.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = said_in(files, "Content-Security-Policy")
    assert f"style-src 'self' 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy
    assert "'unsafe-eval'" not in policy
    assert policy in files["_headers"].decode()


def test_the_archives_hold_the_engine_its_libraries_with_their_licenses_and_nothing_else(files):
    given = settings_of(files)
    engine = names_in(files[given["engine"]])
    tops = {name.partition("/")[0] for name in engine if ".dist-info" not in name}
    assert tops == {
        "jinja2", "markdown_it", "markupsafe", "mdit_py_plugins", "mdurl", "msgspec", "platformdirs", "rapidfuzz",
        "trackfit", "yaml", "_yaml",
    }  # fmt: skip
    rooms = {name.split("/")[2] for name in engine if re.match(r"trackfit/engine/\w+/", name)}
    assert rooms == set(ROOMS)
    assert sum("license" in name.lower() for name in engine) >= 8
    assert not [
        name
        for name in engine
        if "/tests/" in name or (name.endswith((".so", ".pyd")) and "msgspec" not in name)
    ]
    assert "templates/report.md.j2" in names_in(files[given["knowledge"]])
    library = names_in(files[f"{given['runtime']}python_stdlib.zip"])
    assert library == ["json/__init__.py"]


def test_the_first_question_stands_in_the_page_as_the_engine_asks_it(files):
    step = Asking(three_valued()).begun["step"]
    page = page_of(files)
    assert html.escape(step["title"]) in page
    for choice in step["choices"]:
        assert f'value="{choice["id"]}" required><span>{html.escape(choice["name"])}</span>' in page
    assert "checked" not in page
    assert f"Question 1 of at most {step['most_left']}" in page


def test_a_hostile_knowledge_base_writes_text_only(tmp_path, runtime):
    for name in FOLDERS:
        shutil.copytree(shipped() / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    rows = tmp_path / "facts/backgrounds.yaml"
    text = rows.read_text(encoding="utf-8")
    assert "name: Data engineer\n" in text
    hostile = "name: '\"><script>alert(1)</script> $policy ${files}'\n"
    rows.write_text(text.replace("name: Data engineer\n", hostile), encoding="utf-8")
    with KnowledgeBase.load(tmp_path, engine="three-valued") as kb:
        page = page_of(site_files(kb, find_runtime(runtime)))
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; $policy ${files}" in page


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts_are_sound_and_set_no_html(script):
    text = script.read_text(encoding="utf-8").replace("$files", "[]")
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function", text
    )
    if shutil.which("node") is None:
        pytest.skip("there is no Node.js to read scripts with")
    # As a module: its words are read strictly.
    checked = subprocess.run(
        ["node", "--input-type=module", "--check"], input=text, text=True, capture_output=True, check=False
    )
    assert checked.stderr == ""
    assert checked.returncode == 0


def run(*arguments):
    return CliRunner().invoke(cli, ["site", *map(str, arguments)])


def test_the_command_writes_a_site_and_says_how_large_it_is(tmp_path, runtime, files):
    done = run("--out", tmp_path / "pages", "--runtime", runtime)
    assert done.exit_code == 0, done.stderr
    assert f"({len(files)} files, " in done.stderr
    assert f"a first visit loads {compressed_size(files) / 1e6:.1f} MB" in done.stderr
    written = {
        path.relative_to(tmp_path / "pages").as_posix(): path.read_bytes()
        for path in (tmp_path / "pages").rglob("*")
        if path.is_file()
    }
    assert json.loads(written.pop("site-files.json")) == sorted(files)
    assert written.keys() == files.keys()


def test_a_new_site_takes_the_place_of_the_old_one_and_of_nothing_else(tmp_path, runtime):
    pages = tmp_path / "pages"
    assert run("--out", pages, "--runtime", runtime).exit_code == 0
    (pages / "CNAME").write_text("advice.example\n", encoding="utf-8")
    (pages / "page-0123456789abcdef").mkdir()
    (pages / "page-0123456789abcdef/page.js").write_text("old", encoding="utf-8")
    listing = pages / "site-files.json"
    names = json.loads(listing.read_text(encoding="utf-8"))
    outside = tmp_path / "kept.txt"
    outside.write_text("kept", encoding="utf-8")
    listing.write_text(json.dumps([*names, "page-0123456789abcdef/page.js", "../kept.txt"]), encoding="utf-8")
    assert run("--out", pages, "--runtime", runtime).exit_code == 0
    assert not (pages / "page-0123456789abcdef").exists()
    assert (pages / "CNAME").exists()
    assert outside.exists()


def test_a_folder_with_something_else_is_left_alone(tmp_path, runtime):
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    done = run("--out", tmp_path, "--runtime", runtime)
    assert done.exit_code == 2
    assert done.stderr == (
        f"{tmp_path}:1:1: error: this folder holds something else; name another, or add --force to write the pages beside it "
        "(file-exists)\n"
    )
    assert run("--out", tmp_path, "--runtime", runtime, "--force").exit_code == 0
    assert (tmp_path / "thesis.txt").exists()


def test_a_missing_runtime_is_told_with_the_lines_that_fetch_it(tmp_path):
    done = run("--out", tmp_path / "pages", "--runtime", tmp_path / "none")
    assert done.exit_code == 2
    assert done.stderr == (
        f"{tmp_path}/none:1:1: error: Pyodide and msgspec for WebAssembly missing here; fill the folder once: npm install "
        f"--prefix {tmp_path}/none pyodide@314.0.7 && pip download --no-deps --only-binary=:all: --python-version 3.14 "
        f"--implementation cp --platform pyemscripten_2026_0_wasm32 -d {tmp_path}/none msgspec==0.22.0 (runtime-missing)\n"
    )
    assert not (tmp_path / "pages").exists()


def test_a_runtime_of_another_python_is_told(tmp_path):
    done = run("--out", tmp_path / "pages", "--runtime", standing_for_runtime(tmp_path / "other", "3.13.1"))
    assert done.exit_code == 2
    assert "this Pyodide is Python 3.13.1, and the page runs on 3.14; fill the folder once: " in done.stderr


def test_neither_a_folder_nor_a_look_is_nothing_to_do():
    done = run()
    assert done.exit_code == 2
    assert done.stderr.endswith("(missing-option)\n")


def test_the_archive_alone_advises_and_reads_files(files, tmp_path):
    """In a Python that has the archive, the compiled library and nothing else; as in the browser."""
    given = settings_of(files)
    alone, knowledge = tmp_path / "alone", tmp_path / "knowledge"
    zipfile.ZipFile(io.BytesIO(files[given["engine"]])).extractall(alone)
    zipfile.ZipFile(io.BytesIO(files[given["knowledge"]])).extractall(knowledge)
    shutil.rmtree(alone / "msgspec")
    shutil.copytree(Path(msgspec.__file__).parent, alone / "msgspec")
    program = f"""
import sys
sys.path.insert(0, {str(alone)!r})
from pathlib import Path
from trackfit.engine.site.session import Session
session = Session(Path({str(knowledge)!r}, "knowledge.json").read_bytes(), {str(knowledge)!r})
for request in sys.stdin.read().splitlines():
    print(session.answer(request))
"""
    example = next(one for one in EXAMPLES if one.stem == "devops")
    document = tmp_path / "resume.pdf"
    document.write_bytes(b"%PDF-1.7")
    asked: list[dict[str, Any]] = [
        {"type": "begin", "as_of": DAY},
        {"type": "warm"},
        {"type": "read", "path": str(TESTS / "resumes/sample.json")},
        {"type": "read", "path": str(example)},
        {"type": "read", "path": str(document)},
        {"type": "try", "settings": ["years_experience=30"]},
        *({"type": "write", "form": form} for form in ("md", "html", "json")),
    ]
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program],
        input="\n".join(map(json.dumps, asked)),
        env={"XDG_CACHE_HOME": str(tmp_path / "cache")},
        text=True,
        capture_output=True,
        check=False,
    )
    assert done.stderr == ""
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["type"] for one in told] == [
        "screen",
        "text",
        "offer",
        "screen",
        "faults",
        "trial",
        "text",
        "text",
        "text",
    ]
    here = Asking(three_valued())
    assert told[3:] == [here.ask(one.pop("type"), **one) for one in asked[3:]]


def test_pages_bear_the_name_the_logo_and_the_colors_of_an_organization(tmp_path, runtime):
    for name in FOLDERS:
        shutil.copytree(shipped() / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    rows = 'organization:\n  - {id: us, name: "Advice & Co", logo: logo.png, color: "#1f5fbf", dark_color: "#82b4f7"}\n'
    (tmp_path / "facts/organization.yaml").write_text(rows, encoding="utf-8")
    logo = base64.b64decode(PIXEL)
    (tmp_path / "templates/logo.png").write_bytes(logo)
    with KnowledgeBase.load(tmp_path, engine="three-valued") as kb:
        made = site_files(kb, find_runtime(runtime))
    page = page_of(made)
    heading = re.search(r'<p class="brand"><img src="([^"]+)" alt=""> Advice &amp; Co</p>', page)
    assert heading is not None
    assert made[heading[1]] == logo
    (brand,) = (content for file, content in made.items() if file.endswith("brand.css"))
    assert "--accent: #1f5fbf;" in brand.decode()
    assert "--accent: #82b4f7;" in brand.decode()
    assert "img-src 'self' data:;" in said_in(made, "Content-Security-Policy")
