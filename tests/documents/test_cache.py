"""What is kept in the cache folder is read back as it was written, or not at all."""

import pytest

from trackfit import KnowledgeBase
from trackfit.engine.documents import cache


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "trackfit"


def test_a_changed_bit_is_never_read(place):
    cache.keep("one.json", b"value 153620", most=3)
    path = place / "one.json"
    whole = path.read_bytes()
    assert cache.read("one.json") == b"value 153620"
    for number in range(len(whole)):
        path.write_bytes(whole[:number] + bytes([whole[number] ^ 1]) + whole[number + 1 :])
        assert cache.read("one.json") is None
        path.write_bytes(whole[:number])
        assert cache.read("one.json") is None


def test_a_false_figure_is_not_quoted(place):
    first = KnowledgeBase.load()
    (kept,) = place.glob("*.json")
    content = kept.read_bytes()
    assert b"153620" in content
    kept.write_bytes(content.replace(b"153620", b"953620"))
    assert KnowledgeBase.load().facts.figures == first.facts.figures
