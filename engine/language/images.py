"""The kinds of image that a page may hold, known by how their files begin."""

from __future__ import annotations

LARGEST = 60_000
"""Bytes of an image in a page: everybody who opens the page loads it."""
_BEGINNINGS = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}


def kind_of(content: bytes) -> str | None:
    r"""The media type of an image; None for all that is no PNG and no JPEG.

    >>> kind_of(b"\x89PNG\r\n\x1a\n..."), kind_of(b"<svg>")
    ('image/png', None)
    """
    return next((kind for start, kind in _BEGINNINGS.items() if content.startswith(start)), None)
