"""Maps of where an image's subject may be: unlike the border, behind a barrier, in focus.

Plain functions over numpy arrays; what is made of the maps is `segmentation`'s matter.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

    # OpenCV's declarations carry no element types; these names say what is meant.
    Grey = NDArray[Any]  # float32, rows x columns
    Colors = NDArray[Any]  # uint8, rows x columns x (red, green, blue)

BARRIER_SIDE = 96  # px; the barrier distance is pure Python and grows with the area
SEED = 7  # of OpenCV's generator, so that the same image always gives the same response


def shrink(rgb: Colors, side: int) -> Colors:
    """Return a copy whose longest side has `side` px, or the image if it is no larger."""
    import cv2

    height, width = rgb.shape[:2]
    scale = side / max(height, width)
    if scale >= 1:
        return rgb
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    smaller: Colors = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
    return smaller


def stretch(values: Grey) -> Grey:
    """Spread values over 0..1; the brightest two percent are all 1."""
    import numpy as np

    lifted = values - values.min()
    top = float(np.percentile(lifted, 98)) or 1.0
    spread: Grey = np.clip(lifted / top, 0, 1).astype(np.float32)
    return spread


def radius_of(height: int, width: int) -> Grey:
    """Distance from the center: 1 at the middle of each side."""
    import numpy as np

    rows, columns = np.mgrid[0:height, 0:width]
    across = (columns + 0.5 - width / 2) / (0.5 * width)
    down = (rows + 0.5 - height / 2) / (0.5 * height)
    distance: Grey = np.sqrt(across**2 + down**2).astype(np.float32)
    return distance


def unlike_border(lab: Grey) -> Grey:
    """How unlike each color is to all colors found along the border (Mahalanobis distance)."""
    import cv2
    import numpy as np

    height, width = lab.shape[:2]
    band = max(2, round(0.03 * max(height, width)))
    strips = (lab[:band], lab[-band:], lab[:, :band], lab[:, -band:])
    samples = np.concatenate([strip.reshape(-1, 3) for strip in strips]).astype(np.float32)
    cv2.setRNGSeed(SEED)
    criteria = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 20, 0.5)
    clusters = min(6, len(samples))
    start: Any = None
    _, labels, centres = cv2.kmeans(samples, clusters, start, criteria, 2, cv2.KMEANS_PP_CENTERS)
    nearest = np.full(height * width, np.inf, np.float32)
    for index in range(clusters):
        members = samples[labels[:, 0] == index]
        if len(members) < max(4, 0.02 * len(samples)):
            continue
        # Lightness may vary more than hue: shadows belong to the background too.
        inverse = np.linalg.inv(np.cov(members.T) + np.diag([60.0, 12.0, 12.0]))
        apart = lab.reshape(-1, 3) - centres[index]
        nearest = np.minimum(nearest, np.sqrt(np.einsum("ij,jk,ik->i", apart, inverse, apart)))
    found: Grey = nearest.reshape(height, width).astype(np.float32)
    return cv2.GaussianBlur(found, (0, 0), 1.2)


def barrier(rgb: Colors, width: int, height: int) -> Grey:
    """How high a barrier of color is between each pixel and the border.

    The minimum barrier distance: over all paths to the border, the smallest range of values on the
    way. A smooth gradient such as a sky costs little; an object's edge has to be crossed.
    """
    import cv2
    import numpy as np

    tiny = cv2.medianBlur(shrink(rgb, BARRIER_SIDE), 3)
    lab = cv2.cvtColor(tiny.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    total = np.zeros(lab.shape[:2], np.float32)
    for channel in range(3):
        total += _barrier_of(lab[:, :, channel])
    found: Grey = cv2.resize(total, (width, height), interpolation=cv2.INTER_LINEAR)
    return found


def _barrier_of(values: Grey) -> Grey:
    import numpy as np

    height, width = values.shape
    flat: list[float] = values.ravel().tolist()
    count = len(flat)
    cost = [float("inf")] * count
    highest, lowest = flat[:], flat[:]
    done = bytearray(count)
    heap: list[tuple[float, int]] = []
    for index in range(count):
        row, column = divmod(index, width)
        if row in (0, height - 1) or column in (0, width - 1):
            cost[index] = 0.0
            heap.append((0.0, index))
    while heap:
        _, index = heapq.heappop(heap)
        if done[index]:
            continue
        done[index] = 1
        column = index % width
        left = index - 1 if column else -1
        right = index + 1 if column < width - 1 else -1
        below = index + width if index + width < count else -1
        for neighbour in (left, right, index - width, below):
            if neighbour < 0 or done[neighbour]:
                continue
            high = max(highest[index], flat[neighbour])
            low = min(lowest[index], flat[neighbour])
            if high - low < cost[neighbour]:
                cost[neighbour] = high - low
                highest[neighbour], lowest[neighbour] = high, low
                heapq.heappush(heap, (high - low, neighbour))
    return np.array(cost, np.float32).reshape(height, width)


def focus_of(rgb: Colors, width: int, height: int, radius: Grey) -> tuple[Grey, float]:
    """How sharp each place is, and 0..1: how clearly sharpness shows the subject.

    It does when the middle is sharp and much of the border is not, as in a portrait.
    """
    import cv2
    import numpy as np

    grey = cv2.cvtColor(shrink(rgb, 400), cv2.COLOR_RGB2GRAY).astype(np.float32)
    detail = np.minimum(np.abs(grey - cv2.GaussianBlur(grey, (0, 0), 1.5)), 12)
    sharp = cv2.GaussianBlur(detail, (0, 0), 8)
    sharp = cv2.resize(sharp, (width, height), interpolation=cv2.INTER_AREA)
    middle = sharp[radius < 0.6]
    border = sharp[radius > 0.95]
    if not middle.size or not border.size:
        return sharp, 0.0
    contrast = float(np.median(middle)) / (float(np.percentile(border, 40)) + 1e-3)
    if float(np.mean(middle > 0.3 * np.percentile(sharp, 95))) <= 0.5:
        return sharp, 0.0
    return sharp, float(np.clip((contrast - 1.5) / 1.5, 0, 1))


def edges_of(lab: Grey) -> Grey:
    """Strength of color edges, 1 for a clear one."""
    import cv2
    import numpy as np

    across = cv2.Sobel(lab, cv2.CV_32F, 1, 0)
    down = cv2.Sobel(lab, cv2.CV_32F, 0, 1)
    strength = np.sqrt((across**2 + down**2).sum(axis=2)) / 96
    return np.minimum(cv2.dilate(strength, np.ones((3, 3))), 1).astype(np.float32)
