"""An open page's WebSocket, as a browser without a screen has it: messages are taken in all the time, and a
run is what comes from asking for it to its end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed


class WireStream:
    """The messages of one connection; `see` is given every one as it comes.

    They are read also while the person only looks at the page: a connection that nobody empties answers the
    server's pings no more, and is cut."""

    def __init__(self, connection: ClientConnection, see: Callable[[bytes], None] | None) -> None:
        self._connection, self._see = connection, see
        self._arrived: asyncio.Queue[ForwardMsg | ConnectionClosed] = asyncio.Queue()

    async def listen(self) -> None:
        """Until the connection ends."""
        try:
            while True:
                data = await self._connection.recv()
                assert isinstance(data, bytes)
                if self._see is not None:
                    self._see(data)
                self._arrived.put_nowait(ForwardMsg.FromString(data))
        except ConnectionClosed as closed:
            self._arrived.put_nowait(closed)

    async def run(self, asked: BackMsg, seconds: float) -> AsyncIterator[ForwardMsg]:
        """Ask for a run; its messages until it has ended, after what an earlier run left. Raises TimeoutError
        where it takes more than so many seconds, ConnectionClosed where the server has gone."""
        for message in self._take_waiting():
            yield message
        await self._connection.send(asked.SerializeToString())
        has_begun = False
        async with asyncio.timeout(seconds):
            while True:
                message = self._check(await self._arrived.get())
                yield message
                kind = message.WhichOneof("type")
                has_begun = has_begun or kind == "new_session"
                goes_on = message.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN
                if has_begun and kind == "script_finished" and not goes_on:
                    return

    def _take_waiting(self) -> list[ForwardMsg]:
        return [self._check(self._arrived.get_nowait()) for _ in range(self._arrived.qsize())]

    @staticmethod
    def _check(arrived: ForwardMsg | ConnectionClosed) -> ForwardMsg:
        if isinstance(arrived, ConnectionClosed):
            raise arrived
        return arrived


@asynccontextmanager
async def open_stream(
    url: str, cookies: str, see: Callable[[bytes], None] | None = None
) -> AsyncIterator[WireStream]:
    """The WebSocket of a server, for the browser that has these cookies."""
    async with connect(
        url.replace("http", "ws", 1) + "/_stcore/stream",
        additional_headers={"Cookie": cookies},
        origin=url,  # type: ignore[arg-type]
        max_size=None,
        subprotocols=["streamlit"],  # type: ignore[list-item]
    ) as connection:
        stream = WireStream(connection, see)
        listening = asyncio.create_task(stream.listen())
        try:
            yield stream
        finally:
            listening.cancel()
