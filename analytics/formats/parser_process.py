"""The process in which one file is parsed, and then nothing more: limited first, then given the file's bytes.

Started by `analytics.formats.apart`. The file comes on its input, or is named and may be read; the columns go
to its output as an Arrow stream. It ends with 0 (parsed), REFUSED (the reason, as JSON, is the last line of
its errors), TOO_LARGE, or 1 after any other error, whose text is that last line. A signal ends it where a
library crashes or a limit is met."""

from __future__ import annotations

import json
import os
import sys
import warnings
from importlib import import_module
from pathlib import Path

from analytics.formats.confinement import (
    confine_to_folder,
    forbid_network_and_programs,
    limit_memory_and_time,
)
from analytics.formats.header import UnreadableFile
from analytics.formats.parsed import write_parsed

REFUSED, TOO_LARGE = 3, 4


def main() -> None:
    """Arguments: a folder of its own, the parser (module:function), its options (JSON), bytes, seconds, the
    path of the file or '' where it comes on the input."""
    folder, parser, options, memory, seconds, path = sys.argv[-6:]
    warnings.simplefilter("ignore")
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no part of the table
    module, _, function = parser.partition(":")
    try:
        limit_memory_and_time(int(memory), int(seconds))
        parse = getattr(import_module(f"analytics.formats.{module}"), function)
        confine_to_folder(Path(folder), readable=(path,) if path else ())
        forbid_network_and_programs()
        with output:
            content = Path(path) if path else sys.stdin.buffer.read()
            write_parsed(parse(content, **json.loads(options)), output)
    except UnreadableFile as error:
        print("\n" + json.dumps(str(error)), file=sys.stderr)
        sys.exit(REFUSED)
    except MemoryError:
        sys.exit(TOO_LARGE)
