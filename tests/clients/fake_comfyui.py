"""A ComfyUI server for tests: real images, an old and a new version, and every trap of the real.

`with serve("new") as comfy:` runs one in a thread; `python -m tests.clients.fake_comfyui --port
8188 --mode old` as a process, to be killed. `misbehave` makes it do what no honest server does.
Under `/test/` it reports what was submitted, opens gates and takes misbehaviour over HTTP.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import shutil
import threading
from collections.abc import Callable, Iterator
from typing import Any

from tests.clients.fake_comfyui_server import Comfy


class Server:
    """A `Comfy` in a thread of its own; `do` calls something there."""

    def __init__(self, mode: str, **options: Any) -> None:
        self.comfy = Comfy(mode, **options)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.start()

    @property
    def url(self) -> str:
        return self.comfy.url

    def do(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Call a function of the server in its loop and return what it answers."""

        async def call() -> Any:
            found = function(*arguments)
            return await found if asyncio.iscoroutine(found) else found

        return asyncio.run_coroutine_threadsafe(call(), self._loop).result(60)

    def start(self) -> None:
        self.do(self.comfy.start)

    def stop(self) -> None:
        self.do(self.comfy.stop)

    def restart(self) -> None:
        self.stop()
        self.start()

    def open(self, gate: str = "gate") -> None:
        self.do(lambda: self.comfy.gate(gate).set())

    def misbehave(self, **how: Any) -> None:
        self.do(self.comfy.misbehaviour.update, how)

    def close(self) -> None:
        self.stop()
        self.do(_settle)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        shutil.rmtree(self.comfy.folder, ignore_errors=True)


async def _settle() -> None:
    """End what is still going on, and let every connection close."""
    rest = asyncio.all_tasks() - {asyncio.current_task()}
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)
    for _ in range(5):
        await asyncio.sleep(0)


@contextlib.contextmanager
def serve(mode: str = "new", **options: Any) -> Iterator[Server]:
    """Run a server for as long as the block lasts."""
    server = Server(mode, **options)
    try:
        yield server
    finally:
        server.close()


async def _main(port: int, mode: str) -> None:
    comfy = Comfy(mode)
    await comfy.start(port)
    print(comfy.url, flush=True)
    try:
        await asyncio.Event().wait()
    finally:
        await comfy.stop()
        shutil.rmtree(comfy.folder, ignore_errors=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=8188)
    parser.add_argument("--mode", choices=("old", "new"), default="new")
    options = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_main(options.port, options.mode))
