"""What the sections of `data/typologies.toml` have in common."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from analytics.shared.schema import FileModel

Words = Annotated[tuple[str, ...], Field(min_length=1)]


class SectionModel(FileModel):
    """A section of the file: its keys are the fields."""
