"""Early warning: what is new this week, by category, area and place, with one rate of false alarms."""
