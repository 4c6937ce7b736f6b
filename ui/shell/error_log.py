"""What a server's log says of an error: its kind and its place in the code. The words of an error may hold
somebody's data, whoever logs it: a page, a route, a thread in the background, the web server itself."""

from __future__ import annotations

import logging
import threading
import traceback

_MAKE_RECORD = logging.getLogRecordFactory()


def describe_error(error: BaseException) -> str:
    """The kinds of an error and of those that led to it, each with where it was raised, without their
    words."""
    parts: list[str] = []
    seen: set[int] = set()
    present: BaseException | None = error
    while present is not None and id(present) not in seen:
        seen.add(id(present))
        parts.append("".join([*traceback.format_tb(present.__traceback__), type(present).__name__]))
        if isinstance(present, BaseExceptionGroup):
            parts += [describe_error(one) for one in present.exceptions]
        present = present.__cause__ or present.__context__
    return "\n".join(reversed(parts))


def log_errors_without_words() -> None:
    """From now on every log of this process, and what a thread dies of, names errors so."""
    logging.setLogRecordFactory(_make_record)
    threading.excepthook = _log_thread


def hide_connections() -> None:
    """From now on the web server's log has no line for each WebSocket, which names whose machine it is. A
    filter, since the level of this log is set anew when a server starts."""
    logging.getLogger("uvicorn.error").addFilter(_is_no_connection)


def _is_no_connection(record: logging.LogRecord) -> bool:
    said = str(record.msg)
    return record.levelno >= logging.WARNING or not ("WebSocket" in said or said.startswith("connection "))


def _make_record(*args: object, **kwargs: object) -> logging.LogRecord:
    record = _MAKE_RECORD(*args, **kwargs)
    if record.exc_info and (error := record.exc_info[1]) is not None:
        record.exc_text = describe_error(error)  # which a formatter then prints as it stands
    return record


def _log_thread(ended: threading.ExceptHookArgs) -> None:
    if ended.exc_value is not None and not isinstance(ended.exc_value, SystemExit):
        logging.getLogger("achilles").error("Work in the background failed", exc_info=ended.exc_value)
