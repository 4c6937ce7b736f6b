"""Campaigns by text: `find_campaigns` on texts, `template_of` on one campaign's, `join` for new adverts."""

from analytics.adverts.campaigns.find import CampaignParameters, Campaigns, Cancelled, find_campaigns

__all__ = ["CampaignParameters", "Campaigns", "Cancelled", "find_campaigns"]
