"""Sanitised editions of written products for partners: built by the rules of `data/release.toml`, compared,
then released."""

from analytics.tasking.release.build import (
    LEFT_OUT,
    NothingToRelease,
    ReleaseChoices,
    ReleaseDraft,
    build_release,
    draft_release,
)
from analytics.tasking.release.redact import Redaction, SanitisedPart
from analytics.tasking.release.released import (
    RELEASE,
    ChangedMeanwhile,
    list_releases,
    load_release,
    name_release,
    release_product,
)
from analytics.tasking.release.rules import PartnerRules, ReleaseRules, read_release_rules
from analytics.tasking.release.secrets import KnownSecrets, find_secrets

__all__ = [
    "LEFT_OUT",
    "RELEASE",
    "Redaction",
    "ChangedMeanwhile",
    "ReleaseChoices",
    "ReleaseDraft",
    "NothingToRelease",
    "SanitisedPart",
    "PartnerRules",
    "ReleaseRules",
    "KnownSecrets",
    "build_release",
    "find_secrets",
    "list_releases",
    "load_release",
    "name_release",
    "draft_release",
    "release_product",
    "read_release_rules",
]
