"""A server's log names an error by its kind and its place: not by its words, which may be somebody's data."""

from __future__ import annotations

import logging
import threading

import pytest

from ui.shell import error_log

WORDS = "Zofia Przykładowa, 07700 900417"


@pytest.fixture
def logged(caplog, monkeypatch):
    """What was logged, as a formatter prints it."""
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    before = logging.getLogRecordFactory()
    error_log.log_errors_without_words()
    yield lambda: "\n".join(map(logging.Formatter("%(message)s").format, caplog.records))
    logging.setLogRecordFactory(before)


def fail():
    try:
        raise KeyError(WORDS)
    except KeyError as error:
        raise ValueError(WORDS) from error


@pytest.mark.parametrize("name", ["uvicorn.error", "achilles", "asyncio", "streamlit.x"])
def test_an_error_that_anybody_logs_is_named_without_its_words(logged, caplog, name):
    with caplog.at_level(logging.ERROR):
        try:
            fail()
        except ValueError as error:
            logging.getLogger(name).error("Exception in ASGI application", exc_info=error)
    said = logged()
    assert "ValueError" in said and "KeyError" in said and "test_error_log.py" in said and "in fail" in said
    assert "Zofia" not in said and "07700" not in said


def test_errors_of_a_group_are_named_each(logged, caplog):
    with caplog.at_level(logging.ERROR):
        try:
            raise ExceptionGroup(WORDS, [TypeError(WORDS), OSError(WORDS)])
        except ExceptionGroup:
            logging.getLogger("uvicorn.error").exception("It failed")
    said = logged()
    assert "ExceptionGroup" in said and "TypeError" in said and "OSError" in said and "Zofia" not in said


def test_what_a_thread_dies_of_is_named_without_its_words(logged, caplog, capfd):
    with caplog.at_level(logging.ERROR):
        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()
    assert "ValueError" in logged() and "Zofia" not in logged()
    assert "Zofia" not in capfd.readouterr().err


def test_no_line_of_the_log_names_whose_machine_connects(caplog):
    log = logging.getLogger("uvicorn.error")
    error_log.hide_connections()
    try:
        with caplog.at_level(logging.INFO, "uvicorn.error"):
            log.info('%s - "WebSocket %s" [accepted]', "203.0.113.9:5", "/_stcore/stream")
            log.info('%s - "WebSocket %s" 403', "203.0.113.9:5", "/_stcore/stream")
            log.info("connection open")
            log.info("Application startup complete.")
    finally:
        log.removeFilter(error_log._is_no_connection)
    assert [record.getMessage() for record in caplog.records] == ["Application startup complete."]
