"""Typologies of money laundering: one detector a module, all of them listed in `catalogue`."""
