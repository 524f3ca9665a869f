"""The programs that the editor shows run as they stand: shell, Python, Node, and fal's clients."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.canvas import Canvas
from tests.browser.gate import picture
from tests.browser.server import ROOT, Server, temporary_folder
from tests.browser.site import Site, edge, node
from tests.browser.test_look import DESKTOP, PHONE, check

SECONDS = 60
LANGUAGES = ["curl", "Python", "JavaScript", "fal-client", "@fal-ai/client"]
AWKWARD = 'It\'s "quoted", $HOME \\ and `id`'


def greeter(site: Site, name: str) -> str:
    """Make a workflow that greets by name."""
    fields = [
        {"name": "who", "type": "text", "default": AWKWARD},
        {"name": "loud", "type": "toggle", "default": True},
    ]
    nodes = [
        node("in", "requestInput", 0, 0, fields=fields, values={}),
        node("t", "template", 400, 0, text="Greetings, {who}!"),
        node("o", "responseOutput", 800, 0),
    ]
    edges = [edge("in", "who", "t", "who"), edge("t", "text", "o", "result")]
    return site.create(name, nodes, edges)


def open_dialog(page: Page, canvas: Canvas, slug: str) -> Locator:
    """Open the dialog of a workflow and make a key in it."""
    canvas.open(slug)
    page.get_by_role("button", name="API", exact=True).click()
    dialog = page.get_by_role("dialog", name="Use as API")
    dialog.get_by_role("button", name="Create API key").click()
    expect(dialog.get_by_text("The key is in the programs below.")).to_be_visible()
    return dialog


def program(dialog: Locator, language: str, way: str) -> str:
    """Return the program as it stands on the page."""
    dialog.get_by_role("radio", name=language).click()
    dialog.get_by_role("radio", name=way).click()
    return dialog.get_by_role("region", name=f"{language} program").locator("pre").inner_text()


def execute(language: str, text: str, folder: Path, **variables: str) -> str:
    """Paste a program into a file of its language, start it, and return what it prints."""
    done = attempt(language, text, folder, **variables)
    assert done.returncode == 0, done.stderr
    return done.stdout


def attempt(
    language: str, text: str, folder: Path, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Paste a program into a file of its language and return how it ended."""
    commands = {
        "curl": ["sh", "run.sh"],
        "Python": [sys.executable, "run.py"],
        "JavaScript": ["node", "run.mjs"],
        "fal-client": [sys.executable, "run.py"],
        "@fal-ai/client": ["node", "run.mjs"],
    }
    if language == "@fal-ai/client" and not (folder / "node_modules").exists():
        (folder / "node_modules").symlink_to(ROOT / "tests/clients/node_modules")
    command = commands[language]
    assert shutil.which(command[0]), f"{command[0]} was not found"
    (folder / command[1]).write_text(text)
    bare = {"PATH": os.environ["PATH"], "HOME": str(folder), **variables}
    return subprocess.run(
        command, cwd=folder, env=bare, capture_output=True, text=True, timeout=SECONDS
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_program_prints_the_result_when_pasted(
    page: Page, canvas: Canvas, site: Site, tmp_path: Path, language: str
) -> None:
    dialog = open_dialog(page, canvas, greeter(site, f"Greets in {language}"))
    for way in ("Run and wait", "Start and poll", "Follow live"):
        printed = execute(language, program(dialog, language, way), tmp_path)
        assert "Greetings, It's" in printed, (way, printed)
        assert "$HOME" in printed, (way, printed)
        if way == "Follow live":
            assert "completion" in printed
            assert '"text"' in printed


@pytest.mark.parametrize("way", ["Start and poll", "Follow live"])
def test_the_shell_program_prints_why_it_was_refused_and_fails(
    page: Page, canvas: Canvas, site: Site, tmp_path: Path, way: str
) -> None:
    text = program(open_dialog(page, canvas, greeter(site, f"Refuses {way}")), "curl", way)
    done = attempt("curl", text.replace('"loud": true', '"loud": "perhaps"'), tmp_path)
    assert done.returncode != 0
    said, silent = (done.stderr, done.stdout) if "poll" in way else (done.stdout, done.stderr)
    assert "loud" in said
    assert '"code":"INVALID_' in said
    assert "loud" not in silent


def test_on_https_two_variables_point_the_python_client_here(
    browser: Browser, tmp_path: Path
) -> None:
    with temporary_folder() as folder:
        server = Server(Path(folder), tls=True)
        server.start()
        try:
            context = browser.new_context(
                base_url=f"https://127.0.0.1:{server.tls_port}", ignore_https_errors=True
            )
            page = context.new_page()
            page.goto(server.login_link.replace(server.url, f"https://127.0.0.1:{server.tls_port}"))
            page.get_by_role("button", name="Log in").click()
            page.wait_for_url("**/")
            with Site(server.url, context.storage_state()) as site:
                slug = greeter(site, "Greets safely")
            dialog = open_dialog(page, Canvas(page), slug)
            text = program(dialog, "fal-client", "Follow live")
            context.close()
            assert "FAL_RUN_HOST" in text
            bundle = Path(folder) / "data" / "tls" / "bundle.pem"
            printed = execute("fal-client", text, tmp_path, SSL_CERT_FILE=str(bundle))
            assert "Greetings, It's" in printed
        finally:
            server.stop()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_file_is_uploaded_first(
    page: Page, canvas: Canvas, site: Site, tmp_path: Path, language: str
) -> None:
    fields = [{"name": "photo", "type": "image", "required": True}]
    nodes = [
        node("in", "requestInput", 0, 0, fields=fields, values={}),
        node("r", "rotateImage", 400, 0),
        node("o", "responseOutput", 800, 0),
    ]
    edges = [edge("in", "photo", "r", "image"), edge("r", "image", "o", "result")]
    slug = site.create(f"Turns in {language}", nodes, edges)
    (tmp_path / "picture.png").write_bytes(picture())
    text = program(open_dialog(page, canvas, slug), language, "Run and wait")
    printed = execute(language, text, tmp_path)
    assert "/media/" in printed or "/fal/cdn/files/" in printed
    assert site.last_run(slug)["status"] == "completed"


def test_the_key_made_there_runs_this_workflow_and_nothing_else(
    page: Page, canvas: Canvas, site: Site
) -> None:
    slug = greeter(site, "One key one workflow")
    open_dialog(page, canvas, slug)
    key = site.get("/api/api-keys")[0]
    assert sorted(key["capabilities"]) == ["execution:read", f"workflow:{slug}:run"]


def test_programs_follow_what_is_typed_on_the_canvas(
    page: Page, canvas: Canvas, site: Site
) -> None:
    canvas.open(greeter(site, "Follows typing"))
    canvas.fill("Inputs", "Who", "Zoë")
    page.get_by_role("button", name="API", exact=True).click()
    dialog = page.get_by_role("dialog", name="Use as API")
    expect(dialog.get_by_role("region", name="curl program")).to_contain_text('"who": "Zoë"')
    expect(dialog.get_by_text("YOUR_KEY").first).to_be_visible()


def test_the_playground_is_opened_to_all_from_the_dialog(
    page: Page, canvas: Canvas, site: Site
) -> None:
    slug = greeter(site, "Opened to all")
    canvas.open(slug)
    page.get_by_role("button", name="API", exact=True).click()
    dialog = page.get_by_role("dialog", name="Use as API")
    anybody = dialog.get_by_role("switch", name="Anyone can run it")
    expect(anybody).to_be_disabled()
    dialog.get_by_role("switch", name="Public playground").click()
    anybody.click()
    expect(dialog.get_by_role("button", name="Copy link")).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    canvas.saved()
    saved = site.workflow(slug)
    assert (saved["publicPlayground"], saved["publicRun"]) == (True, True)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_dialog_opens_from_the_canvas_menu_and_fits(
    new_page: Callable[..., Page], site: Site, size: dict[str, int], theme: str
) -> None:
    page = new_page(viewport=size, color_scheme=theme)
    canvas = Canvas(page)
    canvas.open(greeter(site, f"Fits {theme} {size['width']}"))
    canvas.settled()
    page.mouse.click(*canvas.point(0.5, 0.9), button="right")
    page.get_by_role("menuitem", name="Use as API…").click()
    dialog = page.get_by_role("dialog", name="Use as API")
    expect(dialog.get_by_role("region", name="curl program")).to_be_visible()
    check(page)
    box = dialog.bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= size["width"]
