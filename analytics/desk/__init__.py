"""What each analyst has at hand: the case tray, saved views, and watches on things that may change."""

from analytics.desk.news import News, new_since_last_look
from analytics.desk.watches import Watch, list_watches, mark_looked, start_watch, stop_watch

__all__ = [
    "News",
    "Watch",
    "list_watches",
    "mark_looked",
    "new_since_last_look",
    "start_watch",
    "stop_watch",
]
