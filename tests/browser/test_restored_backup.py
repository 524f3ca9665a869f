"""An older backup of the database is restored under an open editor: nothing is overwritten."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.canvas import Canvas
from tests.browser.look import look
from tests.browser.server import Server
from tests.browser.site import Site, node
from tests.browser.test_axe import faults
from tests.browser.test_reconnect import forgive_lost_connections


def backup(server: Server, to: Path) -> None:
    """Copy the database as `sqlite3 .backup` does, while the server runs."""
    source = sqlite3.connect(database(server))
    with sqlite3.connect(to) as copy:
        source.backup(copy)
    copy.close()
    source.close()


def restore(server: Server, kept: Path) -> None:
    """Put a backup in the place of the database, and start the server again."""
    server.stop()
    for end in ("-wal", "-shm"):
        Path(f"{database(server)}{end}").unlink(missing_ok=True)
    shutil.copy(kept, database(server))
    server.start()


def database(server: Server) -> Path:
    return server.folder / "data" / "patchbay.sqlite3"


@pytest.mark.parametrize("edited", [False, True], ids=["as it was", "edited since"])
def test_an_editor_offers_its_own_copy_where_an_older_backup_was_restored(
    page: Page,
    canvas: Canvas,
    server: Server,
    site: Site,
    complaints: list[str],
    tmp_path: Path,
    edited: bool,
) -> None:
    slug = site.create("Poster", [node("words", "textBox", 0, 0, text="old")])
    backup(server, tmp_path / "backup")
    canvas.open(slug)
    for words in ("newer", "newest"):
        canvas.fill("Text", "Text", words)
        canvas.saved()
    restore(server, tmp_path / "backup")
    if edited:
        # The restored one has gone on: its versions have the numbers of the lost ones.
        for words in ("theirs", "theirs again", "and again"):
            change = {"op": "field.set", "id": "words", "field": "text", "value": words}
            site.change(slug, change)
    before = site.workflow(slug)["nodes"]
    canvas.fill("Text", "Text", "mine")
    note = page.get_by_role("alert").filter(has_text="restored from a backup")
    expect(note).to_be_visible()
    look(page, f"restored-{'edited' if edited else 'older'}")
    assert faults(page) == []
    assert site.workflow(slug)["nodes"] == before
    note.get_by_role("button", name="Keep mine as a copy").click()
    page.wait_for_url(lambda url: not url.endswith(f"/{slug}"))
    canvas.ready()
    copy = site.workflow(page.url.rsplit("/", 1)[-1])
    assert (copy["name"], copy["nodes"][0]["data"]["text"]) == ("Poster (my version)", "mine")
    assert site.workflow(slug)["nodes"] == before
    forgive_lost_connections(complaints)
