"""Pages that need no Streamlit: sign-in, and how to get in. Plain HTML with a style of their own."""

from __future__ import annotations

from html import escape
from pathlib import Path
from string import Template

from starlette.requests import HTTPConnection

STYLE = Path(__file__).with_name("sign_in.css")
_PAGE = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>$title</title>
<link rel="stylesheet" href="/sign-in/style.css">
$head
</head>
<body>
<main>
$body
</main>
</body>
</html>
""")


def show_plain_page(title: str, body: str, head: str = "") -> str:
    """A whole page. `body` and `head` are markup of ours; whatever of them is not must be escaped already."""
    return _PAGE.substitute(title=escape(title), body=body, head=head)


def wants_page(request: HTTPConnection) -> bool:
    """Whether a browser asks for a page, not a script or a picture for one."""
    return (
        request.scope["type"] == "http"
        and request.scope["method"] == "GET"
        and "text/html" in request.headers.get("accept", "")
    )
