"""Markup made to be slow: seconds a megabyte, and how the time grows where the text is twice as long.

    python -m bench.hostile_markup

A text of 0.5 MB and one of 1 MB of each piece; a growth near 2 is a time that follows the length, near 4 one
that follows its square."""

from __future__ import annotations

import time

from analytics.formats.markup import plain_text

_PIECES = (
    *("<", "</", "<!", "<!--", "<p", "<a ", '<b a="', "&", "&#", "&amp;"),
    *("<b>", "</b>", "<br>", "<td>", "<div>", "<div>x", "<form>", "<b><div>", "<b><i></b></i>"),
    *(
        '<a href="tel:1">x',
        '<a href="http://x.y/1">t</a>',
        "<style></style>x",
        "<object>x",
        "<script>",
        "<svg>",
    ),
)
_SIZE = 1 << 20


def measure(piece: str, size: int) -> float:
    """Seconds of processor time for a text of so many characters."""
    text = piece * (size // len(piece))
    start = time.process_time()
    plain_text(text)
    return time.process_time() - start


def main() -> None:
    for piece in _PIECES:
        half, whole = measure(piece, _SIZE // 2), measure(piece, _SIZE)
        print(f"{piece!r:32} {whole:6.2f} s a MB, {whole / max(half, 1e-3):5.1f} times that of half")


if __name__ == "__main__":
    main()
