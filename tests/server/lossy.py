"""A network that loses packets: a proxy before a server, on this machine.

The kernel's own (`tc netem`) needs a module and rights that test machines seldom have. A packet is
what one read brings. One of a request that is lost ends its connection, as the client's time-out
would: the request may have arrived, or not. One of a socket comes late, as TCP sends it again, and
some end the socket.
"""

from __future__ import annotations

import asyncio
import random
import threading
from typing import Self

from tests.ports import free_port

#: After how long TCP sends again what was lost, and how many of a socket's losses end it.
AGAIN_SECONDS = 0.04
ENDING = 0.1


class Lossy:
    """A proxy to a port of this machine; `loss` is the share of packets that is lost."""

    def __init__(self, target: int, seed: int) -> None:
        self.target, self.port = target, free_port()
        self.loss = 0.0
        self.packets = self.lost = self.ended = 0
        self._chance = random.Random(seed)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        started = threading.Event()
        self._loop.call_soon(started.set)
        self._thread.start()
        assert started.wait(60)
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(60)
        return self

    def __exit__(self, *error: object) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(60)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(60)
        self._loop.close()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)

    async def _close(self) -> None:
        self._server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        # What was aborted is closed in the next turn.
        await asyncio.sleep(0)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ends, ways = [writer], list[asyncio.Task[None]]()
        try:
            answers, inner = await asyncio.open_connection("127.0.0.1", self.target)
            ends.append(inner)
            first = await reader.read(2**16)
            stays = b"/ws/" in first.partition(b"\r\n")[0]
            inner.write(first)
            ways += [
                asyncio.create_task(self._pass(reader, inner, stays)),
                asyncio.create_task(self._pass(answers, writer, stays)),
            ]
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        except (OSError, asyncio.CancelledError):
            pass  # one side is gone
        finally:
            for end in ends:
                end.transport.abort()
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    async def _pass(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, stays: bool
    ) -> None:
        while packet := await reader.read(2**16):
            self.packets += 1
            if self._chance.random() < self.loss:
                self.lost += 1
                if not stays or self._chance.random() < ENDING:
                    self.ended += 1
                    return
                await asyncio.sleep(AGAIN_SECONDS)
            writer.write(packet)
            await writer.drain()
