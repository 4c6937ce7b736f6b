"""A method's refusal: what it would need, in the user's words."""


class TooFewData(ValueError):
    """The method would mislead on such data; the message says what it needs and what to do instead."""
