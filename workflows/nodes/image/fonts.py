"""The fonts that text is drawn with; they come from Python packages, so every machine has them."""

from __future__ import annotations

import functools
import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

#: What a user chooses -> (package, file below it). All are under the Open Font License.
FONTS: dict[str, tuple[str, str]] = {
    "Sans": ("font_source_sans_pro", "files/SourceSansPro-Regular.ttf"),
    "Sans Light": ("font_source_sans_pro", "files/SourceSansPro-Light.ttf"),
    "Sans Bold": ("font_source_sans_pro", "files/SourceSansPro-Bold.ttf"),
    "Sans Black": ("font_source_sans_pro", "files/SourceSansPro-Black.ttf"),
    "Serif": ("font_source_serif_pro", "files/SourceSerifPro-Regular.ttf"),
    "Serif Italic": ("font_source_serif_pro", "files/SourceSerifPro-It.ttf"),
    "Serif Bold": ("font_source_serif_pro", "files/SourceSerifPro-Bold.ttf"),
    "Serif Black": ("font_source_serif_pro", "files/SourceSerifPro-Black.ttf"),
    "Display": ("font_fredoka_one", "files/FredokaOne-Regular.ttf"),
}


@functools.cache
def path(name: str) -> Path:
    """Return where a font's file is, without importing its package.

    Raises KeyError for a name not in FONTS and FileNotFoundError when its package is missing.
    """
    package, file = FONTS[name]
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise FileNotFoundError(f"the package {package} with the font {name} is not installed")
    return Path(spec.origin).parent / file


def font(name: str, size: float) -> FreeTypeFont:
    """Open a font at a size in px."""
    from PIL import ImageFont

    # The basic layout is the same on every machine; the other one depends on a system library.
    return ImageFont.truetype(str(path(name)), size, layout_engine=ImageFont.Layout.BASIC)
