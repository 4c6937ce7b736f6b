"""The strategic picture: routes, problems, drivers and forecasts that a strategic assessment rests on."""
