"""The tiny exercise of `tests/training/exercise`, in the folder where the page looks."""

from tests.training.exercise.conftest import _made, folder

__all__ = ["_made", "folder"]
