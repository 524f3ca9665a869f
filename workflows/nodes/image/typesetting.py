"""Setting text into a box: wrapping, the largest size that fits, and drawing the lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workflows.nodes.image.fonts import font as open_font
from workflows.nodes.recipes import kept

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFont import FreeTypeFont

SMALLEST = 4  # px
LARGEST = 4_000  # px


@kept("style of text")
@dataclass(frozen=True, slots=True)
class Style:
    """How text is set; `spacing` is in hundredths of the size, `leading` a factor of it."""

    font: str
    leading: float
    spacing: float
    stroke: float  # px at size 100; grows with the size

    def stroke_px(self, size: float) -> int:
        """Return the stroke's width at a size."""
        return round(self.stroke * size / 100)


@dataclass(frozen=True, slots=True)
class Setting:
    """Text broken into lines at a size, with the extent of the whole in px."""

    lines: tuple[str, ...]
    size: float
    width: float
    height: float
    pitch: float


def fit(text: str, style: Style, box: tuple[int, int], largest: float) -> Setting:
    """Set text as large as it goes into a box without breaking words (at most `largest` px)."""
    low, high = float(SMALLEST), min(float(LARGEST), largest)
    best = arrange(text, style, low, box[0])
    while high - low > 0.5:
        size = (low + high) / 2
        tried = arrange(text, style, size, box[0], whole_words=True)
        if tried.width <= box[0] and tried.height <= box[1]:
            best, low = tried, size
        else:
            high = size
    return best


def arrange(
    text: str, style: Style, size: float, width: int, *, whole_words: bool = False
) -> Setting:
    """Break text into lines no wider than `width`; a longer word is broken too unless forbidden."""
    font = open_font(style.font, size)
    lines: list[str] = []
    for paragraph in text.split("\n"):
        lines.extend(_wrap(paragraph, font, style, size, width, whole_words))
    ascent, descent = font.getmetrics()
    pitch = size * style.leading
    extra = 2 * style.stroke_px(size)
    widest = max(line_width(line, font, style, size) for line in lines) + extra
    # The last line needs its glyphs' room only; leading is between lines.
    height = pitch * (len(lines) - 1) + (ascent + descent) * 0.86 + extra
    return Setting(tuple(lines), size, widest, height, pitch)


def line_width(line: str, font: FreeTypeFont, style: Style, size: float) -> float:
    """Return the advance of a line in px."""
    return font.getlength(line) + max(0, len(line) - 1) * style.spacing * size / 100


def draw(
    canvas: Image,
    setting: Setting,
    style: Style,
    box: tuple[int, int, int, int],
    align: str,
    anchor: str,
    *,
    stroke: bool,
) -> None:
    """Draw the lines in white on a gray canvas, inside a box (left, top, right, bottom)."""
    from PIL import ImageDraw

    font = open_font(style.font, setting.size)
    pen = ImageDraw.Draw(canvas)
    width = style.stroke_px(setting.size) if stroke else 0
    room = box[3] - box[1] - setting.height
    top = box[1] + {"top": 0.0, "middle": 0.5, "bottom": 1.0}[anchor] * room
    ascent, _ = font.getmetrics()
    baseline = top + style.stroke_px(setting.size) + ascent * 0.86
    for index, line in enumerate(setting.lines):
        spare = box[2] - box[0] - line_width(line, font, style, setting.size)
        left = box[0] + {"left": 0.0, "center": 0.5, "right": 1.0}[align] * spare
        at = baseline + index * setting.pitch
        if not style.spacing:
            pen.text((left, at), line, fill=255, font=font, anchor="ls", stroke_width=width)
            continue
        for position, character in enumerate(line):
            # Kerning stays: a character is where the text before it ends.
            shift = font.getlength(line[: position + 1]) - font.getlength(character)
            x = left + shift + position * style.spacing * setting.size / 100
            pen.text((x, at), character, fill=255, font=font, anchor="ls", stroke_width=width)


def _wrap(
    paragraph: str, font: FreeTypeFont, style: Style, size: float, width: int, whole_words: bool
) -> list[str]:
    lines: list[str] = []
    line = ""
    limit = width - 2 * style.stroke_px(size)
    for word in paragraph.split():
        joined = f"{line} {word}" if line else word
        if line_width(joined, font, style, size) <= limit:
            line = joined
            continue
        if line:
            lines.append(line)
        line = word
        while not whole_words and len(line) > 1 and line_width(line, font, style, size) > limit:
            cut = _longest(line, font, style, size, limit)
            lines.append(line[:cut])
            line = line[cut:]
    return [*lines, line]


def _longest(line: str, font: FreeTypeFont, style: Style, size: float, limit: float) -> int:
    low, high = 1, len(line)
    while low < high:
        middle = (low + high + 1) // 2
        if line_width(line[:middle], font, style, size) <= limit:
            low = middle
        else:
            high = middle - 1
    return low
