"""A folder with a template, and what it renders to."""

from trackfit.engine.report.templates import render_file


def rendered(folder, names, text, **others):
    """What a template makes of some names, with other templates beside it; each without its ending."""
    for name, content in {"report": text, **others}.items():
        (folder / f"{name}.md.j2").write_text(content, encoding="utf-8")
    return render_file(folder, "report.md.j2", names)
