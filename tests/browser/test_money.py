"""Money on the pages: a cap is set, reached, raised; what a call has cost, whose key it used."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.canvas import Canvas
from tests.browser.look import look
from tests.browser.server import Server, temporary_folder
from tests.browser.site import Site, edge, node
from tests.browser.test_axe import faults
from tests.browser.test_look import DESKTOP, PHONE, check
from tests.browser.test_models import tile
from tests.models.conftest import aimock, files  # noqa: F401
from tests.models.site import Outside

MODEL = "openrouter/meta/llama"


@pytest.fixture(scope="module")
def started(aimock: Outside) -> Iterator[Server]:  # noqa: F811
    """A server that finds providers at the stand-in, which says what a call has cost."""
    origins = f"openrouter={aimock.url}/api/v1,openai={aimock.url}/v1"
    with temporary_folder() as folder:
        server = Server(Path(folder), model_origins=origins)
        server.start()
        yield server
        server.stop()


def connect(site: Site, provider: str, name: str) -> str:
    body = {"name": name, "provider": provider, "secret": "sk-of-the-tests-00005678"}
    return str(site.post("/api/credentials", body)["id"])


def chat(site: Site, name: str) -> str:
    """Make a workflow that asks a model of OpenRouter's."""
    return site.create(
        name,
        [
            node("it", "chat", 60, 0, prompt="A fox for a price", model=MODEL),
            node("end", "responseOutput", 520, 0),
        ],
        [edge("it", "text", "end", "result")],
    )


def test_a_cap_is_set_reached_raised_and_what_was_paid_is_shown(
    page: Page, canvas: Canvas, site: Site
) -> None:
    connect(site, "openrouter", "OpenRouter")
    slug = chat(site, "Dear fox")
    page.goto("/models")
    openrouter = tile(page, "OpenRouter")
    expect(openrouter).to_contain_text("No call this month")
    expect(openrouter).to_contain_text("Used in Dear fox")
    openrouter.get_by_role("button", name="Caps of OpenRouter: no cap").click()
    dialog = page.get_by_role("dialog", name="What OpenRouter may spend")
    dialog.get_by_label("Dollars a day").fill("much")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_contain_text("Enter an amount such as 5")
    look(page, "caps-dialog")
    dialog.get_by_label("Dollars a day").fill("0.02")
    dialog.get_by_role("button", name="Save").click()
    expect(openrouter).to_contain_text("at most $0.02 a day")

    canvas.open(slug)
    run = page.get_by_role("button", name=re.compile("^Run"), exact=False).first
    run.hover()
    expect(run).to_have_attribute("title", re.compile("Chat uses your key OpenRouter …5678"))
    canvas.run()
    canvas.done("Chat")
    canvas.run()
    canvas.in_state("Chat", "failed")
    card = canvas.card("Chat")
    expect(card).to_contain_text("cap is reached")
    expect(card).to_contain_text("may spend $0.02 today")
    look(page, "cap-reached")
    with page.context.expect_page() as opened:
        card.get_by_role("link", name="Raise the cap").click()
    other = opened.value
    dialog = other.get_by_role("dialog", name="What OpenRouter may spend")
    expect(dialog).to_contain_text("$0.0125 today")
    dialog.get_by_label("Dollars a day").fill("")
    dialog.get_by_label("Dollars a month").fill("5")
    dialog.get_by_role("button", name="Save").click()
    expect(tile(other, "OpenRouter")).to_contain_text("1 call this month, $0.0125")
    expect(tile(other, "OpenRouter")).to_contain_text("at most $5.00 a month")
    other.close()
    canvas.run()
    canvas.done("Chat")

    page.goto(f"/runs/{site.last_run(slug)['executionId']}")
    row = page.get_by_role("row").filter(has_text="Chat").filter(has_text="Done")
    expect(row).to_contain_text("1 credit")
    expect(row).to_contain_text("$0.0125")
    expect(page.get_by_text("$0.0125 paid for openrouter/meta/llama")).to_be_visible()
    look(page, "run")
    page.goto("/settings#usage")
    expect(page.get_by_text(re.compile(r"^\$0.025 paid for 2 calls of models"))).to_be_visible()
    look(page, "usage")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_pages_about_money_fit_and_can_be_used_by_all(
    new_page: Callable[..., Page], site: Site, size: dict[str, int], theme: str
) -> None:
    if not any(row["name"] == "Looks" for row in site.get("/api/credentials")):
        connect(site, "openrouter", "Looks")
        connect(site, "openai", "OpenAI · work")
        for index in range(3):
            slug = chat(site, f"Foxes {index}")
            site.post(f"/api/workflows/{slug}/run", {"inputs": {}})
    page = new_page(viewport=size, color_scheme=theme)
    name = f"{theme}-{size['width']}"
    for path, words in (
        ("/models", "Used in"),
        ("/settings#usage", "calls of models"),
        ("/settings#credentials", "no cap"),
        (f"/runs/{site.get('/api/executions?limit=1')[0]['executionId']}", "Paid"),
    ):
        page.goto(path)
        expect(page.get_by_text(words).first).to_be_visible()
        check(page)
        assert faults(page) == []
        look(page, f"{path.strip('/').replace('/', '-').replace('#', '-')[:20]}-{name}")


def test_before_a_run_the_playground_says_whose_key_it_uses_and_what_it_lacks(
    page: Page, site: Site
) -> None:
    slug = site.create(
        "Whose key",
        [
            node("it", "chat", 60, 0, prompt="A fox for a price", model=MODEL),
            node("more", "chat", 60, 400, prompt="A fox", model="mistral/large"),
            node("here", "chat", 60, 800, prompt="A fox", model="local/none"),
            node("end", "responseOutput", 520, 0),
        ],
        [edge("it", "text", "end", "result")],
    )
    if not any(row["provider"] == "openrouter" for row in site.get("/api/credentials")):
        connect(site, "openrouter", "OpenRouter")
    page.goto(f"/play/{slug}")
    keys = page.get_by_role("list", name="Keys this run uses")
    expect(keys.get_by_role("listitem")).to_have_count(2)
    expect(keys).to_contain_text(re.compile(r"Chat uses your key .+ …5678"))
    expect(keys).to_contain_text("needs one for https://api.mistral.ai")
    look(page, "playground")


def test_who_opens_a_workflow_to_visitors_is_told_whose_keys_they_spend(
    page: Page, canvas: Canvas, site: Site
) -> None:
    if not any(row["provider"] == "openrouter" for row in site.get("/api/credentials")):
        connect(site, "openrouter", "OpenRouter")
    slug = chat(site, "For all")
    canvas.open(slug)
    page.get_by_role("button", name="API", exact=True).click()
    page.get_by_role("switch", name="Public playground").click()
    keys = page.get_by_role("list", name="Keys this run uses")
    expect(keys).to_have_count(0)
    page.get_by_role("switch", name="Anyone can run it").click()
    expect(keys).to_contain_text(re.compile(r"Chat uses your key .+ …5678"))
    look(page, "publish")
