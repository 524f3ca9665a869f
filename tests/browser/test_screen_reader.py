"""The editor as a screen reader has it: names, roles and states, in the order they are read."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.canvas import Canvas
from tests.browser.site import Site, edge, node

CARDS = """
- application "Canvas":
  - img:
    - group "Connection from Poster to Edges"
  - img:
    - group "Connection from Edges to Preview"
  - group "Poster":
    - region "Poster":
      - text: /Poster (Done \\d|cached)/
      - img "linear.png"
      - button "Open result"
      - link "Download the result"
      - text: Type
      - combobox "Type"
      - text: Colors
      - group "Colors":
        - slider "Stop 1"
        - slider "Stop 2"
        - 'button "Color of stop 1: pick a color"'
        - 'textbox "Color of stop 1: hex code"'
        - textbox "Place of stop 1"
      - slider "Angle"
      - textbox "Angle"
      - textbox "Width"
  - group "Edges":
    - region "Edges":
      - text: /Edges (Done \\d|cached)/
      - img "linear-edges.png"
      - slider "Weak edges"
      - slider "Strong edges"
  - group "Preview":
    - region "Preview":
      - text: /Preview (Done \\d|cached)/
      - img "linear-edges.png"
  - group "Note":
    - paragraph: Remember the fox
"""
BANNER = """
- banner:
  - link "All workflows"
  - textbox "Name of the workflow": Walk
  - status: Saved
  - button "Draft"
  - button "Undo (Ctrl+Z)" [disabled]
  - button "Redo (Ctrl+Shift+Z)" [disabled]
  - button "Light or dark"
  - button "App"
  - link "Playground"
  - button "API"
  - button "Share"
  - button "Import, export and more"
  - button /Run/
  - button "More ways to run"
"""
OUTLINE = """
- region "Outline":
  - heading "Outline" [level=2]
  - button "Add a node"
  - button "Close"
  - list:
    - listitem:
      - button /Poster Gradient (Done|cached)/
    - listitem:
      - button /Edges ← Poster (Done|cached)/
    - listitem:
      - button /Preview ← Edges (Done|cached)/
    - listitem:
      - button "Note Remember the fox"
"""
RUN = """
- region "Run":
  - progressbar "Progress of the run"
  - status: Done
  - button "Show the log"
"""


def walk(site: Site) -> str:
    """Make a workflow of a chain of three and a note."""
    return site.create(
        "Walk",
        [
            node("g", "gradient", 0, 0, width=64, height=64, label="Poster"),
            node("e", "edges", 420, 0),
            node("p", "preview", 840, 0),
            node("n", "note", 0, 700, text="Remember the fox"),
        ],
        [edge("g", "image", "e", "image"), edge("e", "image", "p", "value")],
    )


def test_everything_in_the_editor_has_a_name_a_role_and_a_state(
    page: Page, canvas: Canvas, site: Site
) -> None:
    canvas.open(walk(site))
    canvas.run()
    canvas.done("Poster", "Edges", "Preview")
    expect(page.locator("body")).to_match_aria_snapshot(BANNER)
    expect(page.locator("body")).to_match_aria_snapshot(CARDS)
    expect(page.locator("body")).to_match_aria_snapshot(RUN)


def test_the_outline_reads_as_the_workflow_flows_and_opens_a_nodes_fields(
    page: Page, canvas: Canvas, site: Site
) -> None:
    canvas.open(walk(site))
    canvas.run()
    canvas.done("Poster", "Edges", "Preview")
    page.keyboard.press("o")
    outline = page.get_by_role("region", name="Outline")
    expect(page.locator("body")).to_match_aria_snapshot(OUTLINE)
    row = outline.get_by_role("button", name="Poster Gradient")
    row.focus()
    page.keyboard.press("Enter")
    expect(outline.get_by_role("textbox", name="Width")).to_have_value("64")


def test_what_is_painted_from_afar_says_where_it_can_be_read(
    page: Page, canvas: Canvas, site: Site
) -> None:
    nodes = [node(f"n{at}", "edges", at % 10 * 400, at // 10 * 300) for at in range(70)]
    canvas.open(site.create("Far", nodes, []))
    expect(
        page.get_by_role("img", name="70 nodes from afar; the outline lists them")
    ).to_be_visible()
