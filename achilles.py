"""The `achilles` command. A wheel has this file and the rooms in one folder,
`achilles`, as a checkout has them."""

from __future__ import annotations

import sys
from pathlib import Path


def main() -> None:
    """Run the command line, with the rooms beside this file importable."""
    sys.path.insert(0, str(Path(__file__).parent))
    from analytics import cli

    cli.main()
