"""Campaigns by text: `find_campaigns` on texts, `template_of` on one campaign's, `join` for new adverts."""

from analytics.adverts.campaigns.find import CampaignParameters, Campaigns, find_campaigns
from analytics.adverts.campaigns.joining import (
    CampaignIndex,
    Joined,
    arrays_of,
    index_from,
    index_of,
    join,
)
from analytics.adverts.campaigns.template import Segment, Template, template_of

__all__ = [
    "CampaignIndex",
    "CampaignParameters",
    "Campaigns",
    "Joined",
    "Segment",
    "Template",
    "arrays_of",
    "find_campaigns",
    "index_from",
    "index_of",
    "join",
    "template_of",
]
