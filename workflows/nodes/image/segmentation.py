"""Separating an image's subject from its background without a model: saliency, GrabCut, soft edges.

Plain functions over numpy arrays. The subject is first looked for in a small copy: where do colors
differ from those along the border, where is the image in focus. Several readings of that map are
grown with GrabCut, the one whose outline fits real edges best wins, and only its outline is then
worked out at a larger size.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from workflows.nodes.image import saliency as maps
from workflows.nodes.image.fields import strips

if TYPE_CHECKING:
    from numpy.typing import NDArray

    # OpenCV's declarations carry no element types; these names say what is meant.
    Grey = NDArray[Any]  # float32, rows x columns
    Bits = NDArray[Any]  # uint8 of 0 and 1, rows x columns
    Colors = NDArray[Any]  # uint8, rows x columns x (red, green, blue)

SEARCH_SIDE = 224  # px; the longest side while looking for the subject
REFINE_SIDE = 640  # px; where GrabCut draws the outline
DOUBT = (0.05, 0.6)  # what a model is less sure of is background, and more sure of the subject
#: Shares of an image's longer side: how deep an outline is, and how near pieces are one subject.
OUTLINE, TOGETHER = 0.012, 0.03
GUIDED_PIXELS = 4_000_000  # the guided filter works on at most so many pixels


def find_subject(rgb: Colors) -> Bits | None:
    """Find the subject of an image: a small mask of 0 and 1, or None when there is none."""
    import cv2
    import numpy as np

    small = maps.shrink(rgb, SEARCH_SIDE)
    height, width = small.shape[:2]
    calm = cv2.bilateralFilter(small, 7, 40, 5)
    lab = cv2.cvtColor(calm.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    if float(lab.reshape(-1, 3).std(axis=0).max()) < 0.5:
        return None
    radius = maps.radius_of(height, width)
    focus, in_focus = maps.focus_of(rgb, width, height, radius)
    saliency = maps.stretch(
        0.25 * maps.stretch(maps.unlike_border(lab))
        + 0.75 * maps.stretch(maps.barrier(rgb, width, height))
    )
    saliency = (1 - 0.7 * in_focus) * saliency + 0.7 * in_focus * maps.stretch(focus)
    saliency = maps.stretch(saliency * (0.5 + 0.5 * np.exp(-0.5 * (radius / 0.9) ** 2)))
    edges = maps.edges_of(lab)
    best: tuple[float, Bits] | None = None
    levels = np.clip(saliency * 255, 0, 255).astype(np.uint8)
    middle, _ = cv2.threshold(levels, 0, 255, cv2.THRESH_OTSU)
    for factor in (0.55, 0.75, 1.0, 1.3, 1.7):
        mask = _grow(calm, levels, middle * factor)
        if mask is None:
            continue
        mask = tidy(mask, keep=0.1, fill=True)
        score = _score(mask, edges, saliency, in_focus)
        if best is None or score > best[0]:
            best = score, mask
    return None if best is None or best[0] <= 0 else best[1]


def refine(rgb: Colors, rough: Bits, *, keep: float, fill: bool) -> Grey:
    """Draw a rough mask's outline exactly; returns alpha 0..1 at the image's full size.

    `keep` is the smallest part kept, as a share of the largest (1: only the largest).
    """
    import cv2
    import numpy as np

    image = maps.shrink(rgb, REFINE_SIDE)
    height, width = image.shape[:2]
    grown = cv2.resize(rough, (width, height), interpolation=cv2.INTER_NEAREST)
    band = max(3, round(max(height, width) / 70))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * band + 1, 2 * band + 1))
    # Outside the image the subject goes on as it is: it may leave the frame.
    inside = cv2.erode(grown, disc, borderType=cv2.BORDER_REPLICATE)
    outside = 1 - cv2.dilate(grown, disc, borderType=cv2.BORDER_REPLICATE)
    labels = np.where(grown > 0, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    labels[inside > 0] = cv2.GC_FGD
    labels[outside > 0] = cv2.GC_BGD
    if inside.any() and outside.any():
        _grab_cut(cv2.bilateralFilter(image, 5, 30, 3), labels, rounds=3)
    mask = tidy(labels & 1, keep=keep, fill=fill).astype(np.float32)
    sigma = max(1.2, max(height, width) / 260)
    smooth = cv2.GaussianBlur(mask, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)
    return upscale(np.clip((smooth - 0.5) * sigma * 1.2 + 0.5, 0, 1), rgb)


def upscale(alpha: Grey, rgb: Colors) -> Grey:
    """Bring a smaller alpha to an image's size, its edge following the image's own edges."""
    import cv2
    import numpy as np

    height, width = rgb.shape[:2]
    pixels = height * width
    scale = min(1.0, (GUIDED_PIXELS / pixels) ** 0.5)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    guide = cv2.cvtColor(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
    grown = cv2.resize(alpha, size, interpolation=cv2.INTER_LINEAR)
    radius = max(1, round(size[0] / alpha.shape[1]))
    guided = _guided(guide.astype(np.float32) / 255, grown, radius + 1, 1e-3)
    # Far from the edge the filter may only confirm what is known.
    soft: Grey = np.where((grown > 0.02) & (grown < 0.98), guided, grown)
    if scale < 1:
        soft = cv2.resize(soft, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.clip(soft, 0, 1).astype(np.float32)


def key_color(rgb: Colors, color: tuple[int, int, int], tolerance: float) -> Grey:
    """Alpha 0..1 that is 0 where an image has `color`; `tolerance` is in percent.

    The distance is CIE76 in Lab; from the tolerance on, alpha rises over a third of it.
    """
    import cv2
    import numpy as np

    pixel = np.array([[color]], np.float32) / 255
    wanted = cv2.cvtColor(pixel, cv2.COLOR_RGB2LAB)
    ramp = max(2.0, tolerance / 3)
    alpha: Grey = np.empty(rgb.shape[:2], np.float32)
    for _, top, _, bottom in strips((rgb.shape[1], rgb.shape[0])):
        lab = cv2.cvtColor(rgb[top:bottom].astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
        distance = np.sqrt(((lab - wanted) ** 2).sum(axis=2))
        alpha[top:bottom] = np.clip((distance - tolerance) / ramp, 0, 1)
    return alpha


def border_color(rgb: Colors) -> tuple[int, int, int]:
    """Return the middle color along an image's border."""
    import numpy as np

    rows = np.concatenate([rgb[0], rgb[-1], rgb[:, 0], rgb[:, -1]])
    red, green, blue = np.median(rows, axis=0)
    return int(red), int(green), int(blue)


def clean_edge(rgb: Colors, alpha: Grey, reach: float) -> Colors:
    """Replace the background's color in half-transparent pixels by the subject's next to them."""
    import cv2
    import numpy as np

    height, width = alpha.shape
    size, room = (0, 0), math.ceil(4 * reach) + 2  # as far as OpenCV's Gaussian looks
    cleaned = rgb
    for _, top, _, bottom in strips((width, height)):
        first, last = max(0, top - room), min(height, bottom + room)
        near, inner = alpha[first:last], slice(top - first, bottom - first)
        solid = (near > 0.97).astype(np.float32)
        edge = (near[inner] > 0) & (near[inner] <= 0.97)
        if not edge.any() or not solid.any():
            continue
        weight = cv2.GaussianBlur(solid, size, reach)[inner]
        known = edge & (weight > 1e-3)
        cleaned = rgb.copy() if cleaned is rgb else cleaned
        for channel in range(3):
            spread = cv2.GaussianBlur(rgb[first:last, :, channel] * solid, size, reach)[inner]
            cleaned[top:bottom, :, channel][known] = np.clip(spread[known] / weight[known], 0, 255)
    return cleaned


def tidy(mask: Bits, *, keep: float, fill: bool) -> Bits:
    """Drop parts smaller than `keep` of the largest and, with `fill`, fill the holes."""
    import cv2
    import numpy as np

    opened = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(opened, connectivity=4)
    if count < 2:
        return opened
    areas = stats[1:, cv2.CC_STAT_AREA]
    wanted = np.zeros(count, np.uint8)
    wanted[1:] = areas >= keep * areas.max()
    if keep >= 1:
        wanted[1:] = 0
        wanted[1 + int(areas.argmax())] = 1
    kept: Bits = wanted[labels]
    if not fill:
        return kept
    around = cv2.copyMakeBorder(1 - kept, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=1)
    _, regions = cv2.connectedComponents(around, connectivity=4)
    filled: Bits = (regions != regions[0, 0]).astype(np.uint8)[1:-1, 1:-1]
    return filled


def keep_parts(alpha: Grey, keep: float, fill: bool) -> Grey:
    """Tidy an alpha as `tidy` does a mask; what stays keeps its soft edge."""
    import cv2
    import numpy as np

    parts = tidy((alpha > 0.5).astype(np.uint8), keep=keep, fill=fill)
    near = cv2.dilate(parts, np.ones((5, 5), np.uint8))
    core = cv2.erode(parts, np.ones((3, 3), np.uint8), borderType=cv2.BORDER_REPLICATE)
    solid: Grey = np.maximum(alpha * near, core) if fill else alpha * near
    return solid


def settle(alpha: Grey, keep: float) -> Grey:
    """Make of what a model thinks an alpha to cut out with.

    Only near its outline may a subject be half transparent: what the model doubts inside, as it
    does where a photo is out of focus, is solid. Pieces near each other are one, and those smaller
    than `keep` of the largest go.
    """
    import cv2
    import numpy as np

    lowest, highest = DOUBT
    firm = np.clip((alpha - lowest) / (highest - lowest), 0, 1).astype(np.float32)
    side = max(alpha.shape)
    body = (firm > 0.25).astype(np.uint8)
    depth = cv2.distanceTransform(
        cv2.copyMakeBorder(body, 1, 1, 1, 1, cv2.BORDER_REPLICATE), cv2.DIST_L2, 5
    )
    depth = depth[1:-1, 1:-1] / max(2.0, side * OUTLINE)
    solid: Grey = np.maximum(firm, np.clip(depth - 1, 0, 1)).astype(np.float32)
    near = 2 * max(1, round(side * TOGETHER)) + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (near, near))
    seen = (solid > 0.05).astype(np.uint8)
    _, labels = cv2.connectedComponents(cv2.dilate(seen, disc), connectivity=8)
    areas = np.bincount(labels.ravel(), solid.ravel())
    areas[0] = 0
    wanted = areas >= keep * areas.max()
    chunks: Grey = np.where(wanted[labels], solid, 0).astype(np.float32)
    return chunks


def soften(alpha: Grey, softness: float, grow: float) -> Grey:
    """Widen an alpha's edge to about `softness` px and move it outwards by `grow` px."""
    import cv2
    import numpy as np

    moved = alpha
    if round(grow):
        side = 2 * abs(round(grow)) + 1
        disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
        change = cv2.dilate if grow > 0 else cv2.erode
        moved = change(alpha, disc, borderType=cv2.BORDER_REPLICATE)
    if softness <= 0:
        return (moved > 0.5).astype(np.float32)
    if softness > 1:
        sigma = (softness - 1) / 2
        moved = cv2.GaussianBlur(moved, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)
    # Traces that are invisible would still count as content when trimming.
    moved = np.where(moved < 0.02, 0, np.where(moved > 0.98, 1, moved))
    return moved.astype(np.float32)


def _grow(rgb: Colors, levels: Bits, threshold: float) -> Bits | None:
    """Let GrabCut decide, with what is clearly above or below the threshold settled."""
    import cv2
    import numpy as np

    labels = np.full(levels.shape, cv2.GC_PR_BGD, np.uint8)
    labels[levels > threshold] = cv2.GC_PR_FGD
    labels[levels > max(threshold * 1.6, threshold + 40)] = cv2.GC_FGD
    labels[levels < threshold * 0.35] = cv2.GC_BGD
    rim = np.ones(levels.shape, bool)
    rim[3:-3, 3:-3] = False
    labels[rim & (levels < threshold)] = cv2.GC_BGD
    if not (labels & 1).any() or (labels & 1).all():
        return None
    _grab_cut(rgb, labels, rounds=3)
    return labels & 1


def _grab_cut(rgb: Colors, labels: Bits, rounds: int) -> None:
    import cv2
    import numpy as np

    cv2.setRNGSeed(maps.SEED)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(rgb, labels, None, *models, rounds, cv2.GC_INIT_WITH_MASK)  # type: ignore[call-overload]


def _score(mask: Bits, edges: Grey, saliency: Grey, in_focus: float) -> float:
    """How good a mask is: its outline is on edges, and it explains the saliency."""
    import cv2
    import numpy as np

    share = float(mask.mean())
    if not 0.004 < share < 0.92:
        return 0.0
    inner = cv2.erode(mask, np.ones((3, 3), np.uint8), borderType=cv2.BORDER_REPLICATE)
    outline = (mask - inner) > 0
    if not outline.any():
        return 0.0
    on_edges = float(edges[outline].mean())
    rim = float(np.concatenate([mask[0], mask[-1], mask[:, 0], mask[:, -1]]).mean())
    apart = float(saliency[mask > 0].mean() - saliency[mask == 0].mean())
    explained = share * (1 - share) * apart**2 / (float(saliency.var()) + 1e-6)
    return (1 - 0.6 * in_focus) * on_edges**2 * (1 - 0.35 * rim) + 0.5 * explained


def _guided(guide: Grey, values: Grey, radius: int, epsilon: float) -> Grey:
    """Smooth values along the edges of a guide (He, Sun and Tang's guided filter)."""
    import cv2

    size = (2 * radius + 1, 2 * radius + 1)

    def mean(array: Grey) -> Grey:
        found: Grey = cv2.boxFilter(array, -1, size, borderType=cv2.BORDER_REPLICATE)
        return found

    mean_guide, mean_values = mean(guide), mean(values)
    variance = mean(guide * guide) - mean_guide * mean_guide
    slope = (mean(guide * values) - mean_guide * mean_values) / (variance + epsilon)
    offset = mean_values - slope * mean_guide
    result: Grey = mean(slope) * guide + mean(offset)
    return result
