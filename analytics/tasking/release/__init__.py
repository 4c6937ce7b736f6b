"""Sanitised editions of written products for partners: made by the rules of `data/release.toml`, compared,
then released."""

from analytics.tasking.release.build import (
    LEFT_OUT,
    Choices,
    Edition,
    NothingToRelease,
    build_edition,
    make_edition,
)
from analytics.tasking.release.redact import Change, Part
from analytics.tasking.release.released import ChangedMeanwhile, list_releases, load_release, release_edition
from analytics.tasking.release.rules import Partner, Rules, release_rules
from analytics.tasking.release.secrets import Secrets, known_secrets

__all__ = [
    "LEFT_OUT",
    "Change",
    "ChangedMeanwhile",
    "Choices",
    "Edition",
    "NothingToRelease",
    "Part",
    "Partner",
    "Rules",
    "Secrets",
    "build_edition",
    "known_secrets",
    "list_releases",
    "load_release",
    "make_edition",
    "release_edition",
    "release_rules",
]
