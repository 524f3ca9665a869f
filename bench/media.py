"""Measures media work through the engine: `python bench/media.py [--rounds 4]`.

A photo of 12 megapixels through five and seven nodes, 20 such photos through three, and a video
through four (trim, resize, subtitles, speed), each beside the same operations in bare Pillow or one
pass of FFmpeg with as many threads as it likes, in the same minutes. Seconds of CPU (server and
media processes) and of the clock; ratios are those of the medians, with the goals behind. Besides:
what a small node costs, a preview while a slider is dragged, and the memory of a server.
"""

from __future__ import annotations

import argparse
import io
import itertools
import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

SIZE = (4000, 3000)
PHOTOS = 20
Figures = tuple[float, float]  # seconds of CPU and of the clock


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--seconds", type=int, default=30)
    rounds, seconds = parser.parse_args().rounds, parser.parse_args().seconds
    with tempfile.TemporaryDirectory(prefix="patchbay-bench-") as folder:
        os.environ["DATA_DIR"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "canvas.settings"
        (Path(folder) / "tmp").mkdir()
        import django

        django.setup()
        engine = Engine()
        photo = make_photo()
        print(f"12 MP, {rounds} rounds: CPU s, clock s")
        goals = ("CPU 1.3, clock 0.9", "CPU 1.3")
        for (name, changes), goal in zip(
            (("5 nodes", CHAIN), ("7 nodes", LONG)), goals, strict=True
        ):
            first = engine.run(photo, changes, "warm-up")
            del first
            ours, bare = [], []
            for number in range(rounds):
                ours.append(engine.run(photo, changes, f"{name}-{number}"))
                bare.append(measured(bare_chain, photo, changes))
            report(name, ours, bare, goal)
        ours, bare = [], []
        with ProcessPoolExecutor(2) as pool:
            list(pool.map(len, [b"", b""]))
            for number in range(max(1, rounds // 2)):
                ours.append(engine.run_list(photo, f"list-{number}"))
                bare.append(measured(bare_list, photo, pool))
        report(f"{PHOTOS} photos", ours, bare, "clock 1.2")
        engine.small()
        engine.preview(photo)
        film = make_film(seconds)
        ours, bare = [], []
        for number in range(max(1, rounds // 2)):
            ours.append(engine.run_film(film, f"film-{number}"))
            bare.append(measured(bare_film, film))
        report(f"{seconds} s 1080p", ours, bare, "clock 1.5")
        engine.close()
    memory()


def report(name: str, ours: list[Figures], bare: list[Figures], goal: str) -> None:
    """Print medians and ratios."""
    cpu, clock = (statistics.median(figure[at] for figure in ours) for at in (0, 1))
    bare_cpu, bare_clock = (statistics.median(figure[at] for figure in bare) for at in (0, 1))
    print(
        f"  {name:10} {cpu:6.2f} {clock:6.2f}   bare {bare_cpu:6.2f} {bare_clock:6.2f}   "
        f"ratio {cpu / bare_cpu:5.2f} {clock / bare_clock:5.2f}   goal {goal}"
    )


def memory() -> None:
    """Print the memory of a server: idle, and at the most while 16 nodes work on 64 megapixels."""
    from tests.engine.runs import graph
    from tests.server.test_memory import Watched, png
    from tests.server.test_serve import Site

    with tempfile.TemporaryDirectory(prefix="patchbay-bench-") as folder:
        site = Site(Path(folder) / "data")
        site.seconds = 120
        site.start()
        assert site.process is not None
        try:
            server = Watched(site)
            picture = server.send("/api/uploads", png(8_000))
            nodes: dict[str, Any] = {"p": ("upload", {"asset": picture})}
            turns = {
                f"n{at}": ("rotateImage", {"angle": (90, 180, -90)[at % 3]}) for at in range(16)
            }
            edges = [f"p.image > {id}.image" for id in turns]
            idle = server.idle / 2**20
            print(
                f"  memory: server idle {idle:.0f} MB (goal 110); 16 nodes on 64 MP (goal 921): ",
                end="",
            )
            run = server.hold(lambda: server.run(graph(nodes | turns, *edges)))
            assert run["status"] == "completed", run["error"]
        finally:
            site.process.terminate()
            site.process.wait(timeout=30)


def make_photo() -> bytes:
    """Make a photo from one of those that are sent along, of 12 megapixels with some grain."""
    import numpy as np
    from PIL import Image

    path = next((ROOT / "workflows" / "samples").rglob("*.jpg"), None)
    source = (
        Image.open(path) if path else Image.effect_mandelbrot((640, 480), (-2, -1.2, 1, 1.2), 90)
    )
    large = np.asarray(source.convert("RGB").resize(SIZE, Image.Resampling.LANCZOS))
    grain = np.random.default_rng(1).normal(0, 2, large.shape).round()
    pixels = np.clip(large + grain, 0, 255).astype(np.uint8)
    body = io.BytesIO()
    Image.fromarray(pixels).save(body, "JPEG", quality=92)
    return body.getvalue()


#: Node type, its data, and the same with Pillow.
CHAIN: list[tuple[str, dict[str, Any]]] = [
    ("blurImage", {"radius": 4}),
    ("resizeImage", {"mode": "percent", "percent": 90}),
    ("rotateImage", {"angle": 0, "flip": "horizontal"}),
    ("blurImage", {"radius": 2}),
]
LONG = [
    *CHAIN[:3],
    ("adjustImage", {"brightness": 10}),
    ("adjustImage", {"contrast": 10}),
    CHAIN[3],
]


def bare_chain(photo: bytes, changes: list[tuple[str, dict[str, Any]]]) -> None:
    """Do the same with Pillow alone, and write one PNG."""
    from PIL import Image, ImageEnhance, ImageFilter, ImageOps

    image: Any = Image.open(io.BytesIO(photo))
    image.load()
    for type, data in changes:
        if type == "blurImage":
            image = image.filter(ImageFilter.GaussianBlur(data["radius"]))
        elif type == "resizeImage":
            size = (image.width * 9 // 10, image.height * 9 // 10)
            image = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
        elif type == "rotateImage":
            image = ImageOps.mirror(image)
        elif "brightness" in data:
            image = ImageEnhance.Brightness(image).enhance(1.1)
        else:
            image = ImageEnhance.Contrast(image).enhance(1.1)
    image.save(io.BytesIO(), "PNG")


def bare_photo(photo: bytes) -> int:
    """Resize a photo, write on it, and encode it as JPEG."""
    from PIL import Image, ImageDraw

    image: Any = Image.open(io.BytesIO(photo))
    image = image.resize((1600, 1200), Image.Resampling.LANCZOS, reducing_gap=3.0)
    ImageDraw.Draw(image).text((800, 1100), "Patchbay", fill="white")
    body = io.BytesIO()
    image.save(body, "JPEG", quality=85, optimize=True, progressive=True)
    return len(body.getvalue())


def bare_list(photo: bytes, pool: ProcessPoolExecutor) -> None:
    """Do that with all photos in two processes."""
    list(pool.map(bare_photo, [photo + bytes([number]) for number in range(PHOTOS)]))


TEXT = "00:00.000 --> 10:00.000\nPatchbay"


def make_film(seconds: int) -> bytes:
    """Make a video of 1920 x 1080 with sound."""
    import av

    from tests import clips

    body = io.BytesIO()
    graph = av.filter.Graph()
    source = graph.add("testsrc2", f"size=1920x1080:rate=30:duration={seconds}")
    sink = graph.add("buffersink")
    form = graph.add("format", "yuv420p")
    source.link_to(form)
    form.link_to(sink)
    graph.configure()
    with av.open(body, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=30, options={"preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = 1920, 1080, "yuv420p"
        heard = container.add_stream("aac", rate=48_000, layout="stereo")
        for number in range(seconds * 30):
            frame: Any = sink.pull()
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        clips.write_tone(container, heard, seconds, 440.0)
    return body.getvalue()


def bare_film(film: bytes) -> None:
    """Do with one graph of FFmpeg's filters what the four nodes do, and encode once."""
    import av

    source = av.open(io.BytesIO(film))
    video, audio = source.streams.video[0], source.streams.audio[0]
    video.thread_type, video.codec_context.thread_count = "AUTO", 0
    target = av.open(io.BytesIO(), "w", format="mp4")
    options = {"preset": "veryfast", "crf": "20", "threads": "auto"}
    out = target.add_stream("libx264", rate=30, options=options)
    out.width, out.height, out.pix_fmt = 1280, 720, "yuv420p"
    heard = target.add_stream("aac", rate=48_000, layout="stereo")
    seen = av.filter.Graph()
    last = entry = seen.add_buffer(template=video, time_base=video.time_base)
    for name, arguments in (
        ("trim", "start=1"),
        ("scale", "1280:720:flags=bicubic"),
        ("drawbox", "x=440:y=620:w=400:h=60:color=black@0.6:t=fill"),
        ("setpts", "PTS/1.5"),
        ("fps", "30"),
        ("buffersink", ""),
    ):
        link = seen.add(name, arguments)
        last.link_to(link)
        last = link
    seen.configure()
    listened = av.filter.Graph()
    tail = first = listened.add_abuffer(template=audio)
    for name, arguments in (
        ("atrim", "start=1"),
        ("atempo", "1.5"),
        ("aformat", "sample_fmts=fltp:sample_rates=48000:channel_layouts=stereo"),
        ("asetnsamples", "1024"),
        ("abuffersink", ""),
    ):
        link = listened.add(name, arguments)
        tail.link_to(link)
        tail = link
    listened.configure()
    frame: Any
    for packet in source.demux(video, audio):
        for frame in packet.decode():
            begin, end, stream = (
                (entry, last, out) if packet.stream is video else (first, tail, heard)
            )
            begin.push(frame)
            pull(end, stream, target)
    for begin, end, stream in ((entry, last, out), (first, tail, heard)):
        begin.push(None)
        pull(end, stream, target)
        target.mux(stream.encode(None))
    target.close()
    source.close()


def pull(sink: Any, stream: Any, target: Any) -> None:
    """Encode what has come out of a graph of filters."""
    import av

    while True:
        try:
            frame: Any = sink.pull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return
        if stream.type == "video":
            frame.pict_type = 0
        target.mux(stream.encode(frame))


def measured(function: Callable[..., object], *args: Any) -> Figures:
    """Return the seconds of CPU and of the clock a call takes."""
    before, began = cpu(), time.perf_counter()
    function(*args)
    return cpu() - before, time.perf_counter() - began


def cpu() -> float:
    """Return the CPU seconds of this process and its children, those that still run too."""
    own = resource.getrusage(resource.RUSAGE_SELF)
    gone = resource.getrusage(resource.RUSAGE_CHILDREN)
    total = own.ru_utime + own.ru_stime + gone.ru_utime + gone.ru_stime
    tick = os.sysconf("SC_CLK_TCK")
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            facts = (folder / "stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(facts[1]) == os.getpid():
            total += (int(facts[11]) + int(facts[12])) / tick
    return total


def pool_ms() -> float:
    """Return how many ms a call in a media process takes longer than here, for 256 px."""
    from PIL import Image

    from workflows.media import images
    from workflows.media.processes import lanes
    from workflows.media.processes.pixels import share, view

    pixels = share(Image.effect_noise((256, 256), 50).convert("RGB"))
    own: Any = view(pixels)
    there, here = [], []
    for _ in range(200):
        began = time.perf_counter()
        lanes.short().call(images.convert, pixels, "RGBA")  # type: ignore[arg-type]
        middle = time.perf_counter()
        images.convert(own, "RGBA")
        there.append(middle - began)
        here.append(time.perf_counter() - middle)
    return (statistics.median(there) - statistics.median(here)) * 1000


class Engine:
    """The engine of this process, and a user whose runs it executes."""

    def __init__(self) -> None:
        from workflows.engine import embedded
        from workflows.models import User
        from workflows.nodes import registry
        from workflows.services.database import migrate_if_needed

        migrate_if_needed()
        registry.load_builtin()
        self.owner = User.objects.create_user("bench", tier="enterprise")
        embedded.start()

    def run(self, photo: bytes, changes: list[tuple[str, dict[str, Any]]], name: str) -> Figures:
        """Run a photo through a chain of nodes; results of before are not used."""
        from tests.engine.runs import graph

        nodes: dict[str, Any] = {"in": ("upload", {"asset": self._stored(photo, name)})}
        edges, last = [], "in"
        for number, (type, data) in enumerate(changes):
            nodes[f"n{number}"] = (type, data)
            edges.append(f"{last}.image > n{number}.image")
            last = f"n{number}"
        nodes["out"] = "responseOutput"
        return self._executed(graph(nodes, *edges, f"{last}.image > out.result"))

    def run_list(self, photo: bytes, name: str) -> Figures:
        """Run many photos through resize, text and convert."""
        from tests.engine.runs import graph

        photos = [
            self._stored(photo + bytes([number]), f"{name}-{number}") for number in range(PHOTOS)
        ]
        nodes: dict[str, Any] = {
            f"u{n}": ("upload", {"asset": one}) for n, one in enumerate(photos)
        }
        nodes["all"] = "list"
        nodes["small"] = ("resizeImage", {"mode": "exact", "width": 1600, "height": 1200})
        nodes["text"] = ("drawText", {"text": "Patchbay", "size": 40})
        nodes["jpeg"] = ("convertImage", {"format": "JPEG", "quality": 85})
        nodes["out"] = "responseOutput"
        edges = [f"u{n}.image > all.items" for n in range(PHOTOS)]
        edges += ["all.items > small.image", "small.image > text.image", "text.image > jpeg.image"]
        return self._executed(graph(nodes, *edges, "jpeg.image > out.result"))

    def run_film(self, film: bytes, name: str) -> Figures:
        """Run a video through trim, resize, subtitles and speed."""
        from tests.engine.runs import graph

        nodes: dict[str, Any] = {"in": ("uploadVideo", {"asset": self._stored(film, name)})}
        nodes["cut"] = ("trimVideo", {"start": 1})
        nodes["small"] = ("resizeVideo", {"width": 1280, "height": 720, "mode": "stretch"})
        nodes["text"] = ("subtitles", {"text": TEXT})
        nodes["fast"] = ("speedVideo", {"speed": 1.5})
        nodes["out"] = "responseOutput"
        chain = ["in", "cut", "small", "text", "fast"]
        edges = [f"{a}.video > {b}.video" for a, b in itertools.pairwise(chain)]
        return self._executed(graph(nodes, *edges, "fast.video > out.result"))

    def preview(self, photo: bytes) -> None:
        """Print how long a card waits for a preview while a slider is dragged."""
        from workflows.services.execution.node_previews import node_preview

        inputs = {"image": self._stored(photo, "preview")}
        times = []
        for number in range(40):
            began = time.perf_counter()
            node_preview(user=self.owner, type="blurImage", data={"radius": number}, inputs=inputs)
            times.append((time.perf_counter() - began) * 1000)
        first, rest = times[0], sorted(times[1:])
        late = rest[int(len(rest) * 0.95)]
        print(f"  slider, 12 MP: first {first:.0f} ms, then p50 {rest[20]:.0f}, p95 {late:.0f} ms")

    def small(self) -> None:
        """Print what three nodes on a small image take, each."""
        from PIL import Image

        body = io.BytesIO()
        Image.effect_noise((256, 256), 50).convert("RGB").save(body, "PNG")
        changes = [("blurImage", {"radius": 1.0 + n}) for n in range(3)]
        times = []
        for number in range(30):
            changes[0][1]["radius"] = 1 + number / 100
            times.append(self.run(body.getvalue(), changes, f"small-{number}")[1] * 1000)
        bare = [measured(bare_chain, body.getvalue(), changes)[1] * 1000 for _ in range(30)]
        each, alone = statistics.median(times) / 3, statistics.median(bare) / 3
        print(f"  three nodes of 256 px: {each:.1f} ms a node, bare {alone:.1f} ms")
        print(f"  the pool's part of it: {pool_ms():.1f} ms a node (goal 3)")

    def close(self) -> None:
        """End it."""
        from workflows.engine import embedded

        embedded.stop()

    def _stored(self, photo: bytes, name: str) -> dict[str, Any]:
        from workflows.media import storage

        # A byte behind the end makes it another file, and changes no pixel.
        body = photo + name.encode()
        return storage.reference(storage.asset_create(self.owner, body, f"{name}.jpg"))

    def _executed(self, document: dict[str, Any]) -> Figures:
        from tests.engine.runs import create, finish

        def once() -> None:
            run = create(self.owner, document)
            finish(run, 900)
            run.refresh_from_db()
            assert run.status == "completed", run.error

        return measured(once)


if __name__ == "__main__":
    main()
