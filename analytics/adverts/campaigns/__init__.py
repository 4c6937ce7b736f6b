"""Campaigns by text: `find_campaigns` on texts, `build_template` on one campaign's, `join_texts` for new
adverts."""

from analytics.adverts.campaigns.find import CampaignParameters, Campaigns, find_campaigns
from analytics.adverts.campaigns.joining import (
    CampaignIndex,
    JoinResult,
    build_index,
    from_arrays,
    join_texts,
    to_arrays,
)
from analytics.adverts.campaigns.template import Segment, Template, build_template

__all__ = [
    "CampaignIndex",
    "CampaignParameters",
    "Campaigns",
    "JoinResult",
    "Segment",
    "Template",
    "to_arrays",
    "find_campaigns",
    "from_arrays",
    "build_index",
    "join_texts",
    "build_template",
]
