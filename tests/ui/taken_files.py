"""What the buttons of the pages would send, made as each is drawn, and what it says of being invented."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass, field
from typing import Any

from tests.tasking.printed_text import pdf_pages
from ui.components import exporting

_PICTURES = (".png",)  # whose words are dots: the name says it


@dataclass
class TakenFiles:
    """`names`: of every kind of file that was offered, numbers apart; `unmarked`: those that do not say that
    they are of an exercise, and in what."""

    names: set[str] = field(default_factory=set)
    unmarked: list[str] = field(default_factory=list)

    def watch(self, monkeypatch: Any) -> None:
        """From now on make each kind of file once, as its button is drawn."""
        show = exporting._show

        def note(place: Any, label: str, data: Any, name: str, mime: str, **look: Any) -> None:
            if not look.get("disabled"):
                self._take(name, data)
            show(place, label, data, name, mime, **look)

        monkeypatch.setattr(exporting, "_show", note)

    def _take(self, name: str, data: Any) -> None:
        kind = re.sub(r"\d+", "#", name)
        if kind in self.names:
            return
        self.names.add(kind)
        if not name.startswith("EXERCISE-"):
            self.unmarked.append(f"{name}: its name")
        content = data() if callable(data) else data
        # A table without rows has the column of the mark and no mark.
        if not name.endswith(_PICTURES) and "exercise" not in read_words(name, content).lower():
            self.unmarked.append(f"{name}: its content")


def read_words(name: str, content: bytes | str) -> str:
    """What a reader of the file can read."""
    if isinstance(content, str):
        return content
    if name.endswith(".pdf"):
        return " ".join(pdf_pages(content))
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return " ".join(archive.read(part).decode("utf-8", "replace") for part in archive.namelist())
    return content.decode("utf-8", "replace")
