"""The trials' own client of a page's WebSocket, against a server that behaves as the app's may."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed

from bench.wire_stream import open_stream

MANY = 500  # messages: more than a connection holds unread


def begin():
    message = ForwardMsg()
    message.new_session.name = "a run"
    return message.SerializeToString()


def draw(number):
    message = ForwardMsg()
    message.metadata.delta_path.append(number)
    message.delta.new_element.text.body = str(number)
    return message.SerializeToString()


def finish(how=ForwardMsg.FINISHED_SUCCESSFULLY):
    message = ForwardMsg()
    message.script_finished = how
    return message.SerializeToString()


def run_apart(work):
    """What a coroutine gives, in a thread of its own: an earlier test's browser keeps this one's loop."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(asyncio.run, work).result()


def take_run(behave):
    """What two runs gave of a server that behaves so, one list of message kinds each."""

    async def go():
        async with serve(behave, "127.0.0.1", 0, subprotocols=["streamlit"], ping_interval=None) as server:
            port = server.sockets[0].getsockname()[1]
            async with open_stream(f"http://127.0.0.1:{port}", "") as stream:
                runs = []
                for _ in range(2):
                    runs.append([one.WhichOneof("type") async for one in stream.run(BackMsg(), 30)])
                    await asyncio.sleep(0)
                return runs

    return run_apart(go())


def test_a_run_is_all_that_comes_to_its_end_whatever_its_length_and_what_was_left_comes_first():
    async def behave(connection):
        await connection.recv()
        for message in (
            finish(),
            begin(),
            *map(draw, range(MANY)),
            finish(ForwardMsg.FINISHED_EARLY_FOR_RERUN),
        ):
            await connection.send(message)
        for message in (begin(), draw(1), finish(), draw(2), finish()):
            await connection.send(message)
        await connection.recv()
        for message in (begin(), finish()):
            await connection.send(message)
        await connection.wait_closed()

    first, second = take_run(behave)
    assert first.count("delta") == MANY + 1 and first.count("new_session") == 2
    assert first[0] == first[-1] == "script_finished"
    assert second[-2:] == ["new_session", "script_finished"] and first.count("script_finished") == 3
    assert second.count("delta") <= 1


def test_who_only_looks_at_a_page_still_answers_the_servers_pings():
    async def behave(connection):
        await connection.recv()
        for message in (begin(), finish(), *map(draw, range(MANY))):
            await connection.send(message)
        answered = await connection.ping()
        await asyncio.wait_for(answered, 10)
        await connection.recv()
        for message in (begin(), finish()):
            await connection.send(message)
        await connection.wait_closed()

    async def go():
        async with serve(behave, "127.0.0.1", 0, subprotocols=["streamlit"], ping_interval=None) as server:
            port = server.sockets[0].getsockname()[1]
            async with open_stream(f"http://127.0.0.1:{port}", "") as stream:
                [one async for one in stream.run(BackMsg(), 30)]
                await asyncio.sleep(1)  # the page is read
                return [one.WhichOneof("type") async for one in stream.run(BackMsg(), 30)]

    assert run_apart(go()).count("delta") == MANY


def test_a_server_that_goes_is_said():
    async def behave(connection):
        await connection.recv()
        await connection.close()

    with pytest.raises(ConnectionClosed):
        take_run(behave)
