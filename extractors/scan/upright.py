"""Sets a picture of a page upright: cut out of a photograph, turned, straightened, evenly lit, at a known resolution.

outline    the four corners of a sheet lying on something darker
leaning    how the rows and columns of a page lean, at its edges
upright    all of it as one projection, and the picture after it
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.scan.light import even_light
from extractors.scan.standing import dark_strokes, head_down, sideways

Grey = NDArray[np.uint8]
Points = NDArray[np.float64]
Projection = NDArray[np.float64]

A4_LONG, A4_SHORT = 11.69, 8.27
A4_RATIO = A4_LONG / A4_SHORT
RATIO_SLACK = 0.09
"""How far a photographed sheet's sides may be from the A4 ratio and still be taken for A4."""

LOOK_DPI = 100
"""Resolution at which a page is judged: lines of print are still apart, and it costs a quarter of the page's own."""

COARSE = 180.0
"""Dots per inch below which strokes across letters are lost."""
WORK_DPI = 200.0
"""Every page is brought to this: below, thin strokes are lost; above, print is read no better and takes half as long again."""

GREYS, MOST_GREY = (50, 205), 0.2
"""Brightness of pixels that are neither ink nor paper, and their most share of all but paper on a page in black and white;
the rims of strokes are grey on any other."""

PLAIN = 1.6
"""How many times as much must hang below letters as stands above, or the other way, before that says which way up a page is:
of 1,920 pages of scanned and faxed forms 2 in 100 have less, and none less than 1.4."""

MAX_LEAN = 0.14
"""The steepest slope looked for, 8 degrees: nobody feeds paper worse."""


@dataclass(frozen=True, slots=True)
class Upright:
    """A page that can be read. `even` has paper at 255 everywhere and every fill flattened; `tone` is 1 for bare paper
    and less where the paper is filled, at an eighth of the resolution. `to_picture` leads from its pixels back to those
    of the picture it was made from. A faxed page was sent in black and white; a coarse one has
    too few dots per inch to tell letters from their likes; the stems of a doubtful one do not say which way up it is."""

    even: Grey
    tone: NDArray[np.float32]
    dpi: float
    to_picture: Projection
    faxed: bool = False
    coarse: bool = False
    doubtful: bool = False


def outline(grey: Grey) -> Points | None:
    """Corners of the sheet (clockwise from the one nearest the top left), or None when the picture is all sheet."""
    scale = 640 / max(grey.shape)
    small = cv2.GaussianBlur(_shrunk(grey, scale), (0, 0), 2.5)
    height, width = small.shape
    _, bright = cv2.threshold(small, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    inside, outside = small[bright > 0], small[bright == 0]
    if not outside.size or not inside.size or float(np.median(inside)) - float(np.median(outside)) < 40:
        return None
    rim = 3
    sides = [bright[:rim], bright[-rim:], bright[:, :rim], bright[:, -rim:]]
    if sum(float((side == 0).mean()) > 0.6 for side in sides) < 2:
        return None
    bright = cv2.morphologyEx(bright, cv2.MORPH_OPEN, np.ones((9, 9), np.uint8))
    contours, _ = cv2.findContours(bright, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not contours:
        return None
    sheet = max(contours, key=cv2.contourArea)
    hull = cv2.convexHull(sheet)
    area = cv2.contourArea(hull)
    if area < 0.2 * width * height or cv2.contourArea(sheet) < 0.85 * area:
        return None
    corners = _four_corners(hull)
    if corners is None or cv2.contourArea(corners.astype(np.float32)) < 0.9 * area:
        return None
    corners = _sharpen(corners, sheet.reshape(-1, 2).astype(np.float64), (width, height))
    return _clockwise(corners / scale)


def _four_corners(hull: NDArray[np.int32]) -> Points | None:
    length = cv2.arcLength(hull, True)
    for share in (0.02, 0.03, 0.05, 0.08):
        corners = cv2.approxPolyDP(hull, share * length, True).reshape(-1, 2)
        if len(corners) == 4:
            return corners.astype(np.float64)
    return None


def _sharpen(corners: Points, rim: Points, size: tuple[int, int]) -> Points:
    """Fits a line to the sheet's edge along each side and meets them, so that dented corners do no harm."""
    lines = []
    for i in range(4):
        a, b = corners[i], corners[(i + 1) % 4]
        along = (b - a) / max(float(np.hypot(*(b - a))), 1.0)
        reach = float((b - a) @ along)
        offset = rim - a
        t, away = offset @ along, offset @ np.array([-along[1], along[0]])
        near = rim[(np.abs(away) < 6) & (t > 0.06 * reach) & (t < 0.94 * reach)]
        if len(near) < 20:
            lines.append((a, along))
            continue
        vx, vy, x, y = cv2.fitLine(near.astype(np.float32), cv2.DIST_HUBER, 0, 0.01, 0.01).ravel()
        lines.append((np.array([x, y], float), np.array([vx, vy], float)))
    met = []
    for i in range(4):
        (p, u), (q, v) = lines[i - 1], lines[i]
        across = u[0] * v[1] - u[1] * v[0]
        if abs(across) < 0.2:
            return corners
        met.append(p + u * (((q - p)[0] * v[1] - (q - p)[1] * v[0]) / across))
    slack = 0.1 * max(size)
    moved = np.array(met)
    return moved if float(np.abs(moved - corners).max()) < slack else corners


def _clockwise(corners: Points) -> Points:
    middle = corners.mean(axis=0)
    turn = np.arctan2(corners[:, 1] - middle[1], corners[:, 0] - middle[0])
    ordered = corners[np.argsort(turn)]
    return np.roll(ordered, -int(np.argmin(ordered.sum(axis=1))), axis=0)


def flatten(corners: Points, dpi: float) -> tuple[Projection, float, tuple[int, int]]:
    """The projection that lays a photographed sheet flat, the resolution it then has, and its size in pixels."""
    side = [float(np.hypot(*(corners[i] - corners[(i + 1) % 4]))) for i in range(4)]
    width, height = (side[0] + side[2]) / 2, (side[1] + side[3]) / 2
    long, short = max(width, height), min(width, height)
    if abs(long / short / A4_RATIO - 1) < RATIO_SLACK:
        dpi = float(np.sqrt(long / A4_LONG * short / A4_SHORT))
        long, short = A4_LONG * dpi, A4_SHORT * dpi
        width, height = (short, long) if width < height else (long, short)
    flat = np.array([[0, 0], [width, 0], [width, height], [0, height]])
    project = cv2.getPerspectiveTransform(corners.astype(np.float32), flat.astype(np.float32))
    return project, dpi, (round(width), round(height))


def _best_slope(along: Points, across: Points, weight: Points | None, limit: float) -> tuple[float, float]:
    """The slope at which points gather in the fewest rows, and how clearly (1: not at all)."""

    def gathered(slope: float) -> float:
        at = across - along * slope
        rows = np.bincount((at - at.min()).astype(np.int64), weight)
        return float((rows * rows).sum())

    coarse = np.arange(-limit, limit + 1e-9, 0.004)
    scores = [gathered(s) for s in coarse]
    best = float(coarse[int(np.argmax(scores))])
    fine = best + np.arange(-0.005, 0.0051, 0.0005)
    close = [gathered(s) for s in fine]
    top = int(np.argmax(close))
    if 0 < top < len(close) - 1:
        left, mid, right = close[top - 1 : top + 2]
        bend = left - 2 * mid + right
        shift = 0.5 * (left - right) / bend if bend else 0.0
    else:
        shift = 0.0
    return float(fine[top]) + 0.0005 * shift, close[top] / (float(np.median(scores)) + 1.0)


def _thin(ink: Grey, kernel: tuple[int, int]) -> Points:
    """Places of the pixels that lie on a stroke at least as long as the kernel."""
    kept = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones(kernel, np.uint8))
    places = cv2.findNonZero(kept)
    if places is None:
        return np.empty((0, 2), np.float64)
    step = len(places) // MOST_POINTS + 1 if len(places) > MOST_POINTS else 1
    return places.reshape(-1, 2)[::step].astype(np.float64)


MOST_POINTS = 10_000
"""Points of strokes that tell how a page leans; more tell no more."""
BANDS = 4
RIM = 0.02
"""Share of a page along its rim that tells nothing about how the paper lies."""
CLEAR = 1.6
"""How much better than the usual slope the best must be before it counts."""


def leaning(ink: Grey, dpi: float) -> tuple[float, float, float, float]:
    """Slopes of rows at the top and bottom edge (dy/dx) and of columns at the left and right edge (dx/dy)."""
    height, width = ink.shape
    rows = _thin(ink, (1, max(int(0.05 * dpi), 3)))
    whole = 0.0
    if len(rows) > 200:
        slope, clear = _best_slope(rows[:, 0], rows[:, 1], None, MAX_LEAN)
        whole = slope if clear > 1.15 else 0.0
    top, bottom = _trend(rows[:, 0], rows[:, 1] - whole * rows[:, 0], height, whole)
    columns = _thin(ink, (max(int(0.16 * dpi), 5), 1))
    left, right = _trend(columns[:, 1], columns[:, 0] + whole * columns[:, 1], width, -whole)
    return top, bottom, left, right


def _clear_rim(ink: Grey) -> None:
    """Clears what lies along the picture's own rim: the scanner's shadow, as straight as the scanner and as long as lines."""
    rim = max(round(RIM * min(ink.shape)), 1)
    ink[:rim] = ink[-rim:] = ink[:, :rim] = ink[:, -rim:] = 0


def _trend(along: Points, across: Points, size: int, around: float) -> tuple[float, float]:
    """Slopes at the two edges, from the slopes in bands between; both `around` when the bands tell nothing sure."""
    places, slopes, weights = [], [], []
    for band in range(BANDS):
        inside = (across >= size * band / BANDS) & (across < size * (band + 1) / BANDS)
        if inside.sum() < 150:
            continue
        slope, clear = _best_slope(along[inside], across[inside], None, 0.06)
        if clear > CLEAR and abs(slope) < 0.055:
            places.append((band + 0.5) / BANDS)
            slopes.append(slope)
            weights.append(min(clear, 6.0))
    if not places:
        return around, around
    mean = float(np.average(slopes, weights=weights))
    if len(places) < 3 or float(np.ptp(slopes)) < 0.003:
        return around + mean, around + mean
    tilt, base = np.polyfit(places, slopes, 1, w=weights)
    if float(np.abs(np.polyval([tilt, base], places) - slopes).max()) > 0.006:
        return around + mean, around + mean
    return around + float(base), around + float(base + tilt)


def straighten(lean: tuple[float, float, float, float], size: tuple[int, int]) -> Projection:
    """The projection that makes rows level and columns plumb, keeping the page's middle where it is."""
    top, bottom, left, right = lean
    width, height = size
    across = [(np.array([width / 2, y]), np.array([1.0, slope])) for y, slope in ((0.0, top), (float(height), bottom))]
    down = [(np.array([x, height / 2]), np.array([slope, 1.0])) for x, slope in ((0.0, left), (float(width), right))]

    def meet(row: tuple[Points, Points], column: tuple[Points, Points]) -> Points:
        (p, u), (q, v) = row, column
        t = ((q - p)[0] * v[1] - (q - p)[1] * v[0]) / (u[0] * v[1] - u[1] * v[0])
        return p + u * t

    corners = np.array(
        [meet(across[0], down[0]), meet(across[0], down[1]), meet(across[1], down[1]), meet(across[1], down[0])]
    )
    side = [float(np.hypot(*(corners[i] - corners[(i + 1) % 4]))) for i in range(4)]
    wide, tall = (side[0] + side[2]) / 2, (side[1] + side[3]) / 2
    x, y = (width - wide) / 2, (height - tall) / 2
    flat = np.array([[x, y], [x + wide, y], [x + wide, y + tall], [x, y + tall]])
    return np.asarray(
        cv2.getPerspectiveTransform(corners.astype(np.float32), flat.astype(np.float32)), dtype=np.float64
    )


def quarter_turn(size: tuple[int, int]) -> Projection:
    """Turns a picture of that width and height a quarter to the right (clockwise)."""
    return np.array([[0, -1, size[1]], [1, 0, 0], [0, 0, 1]], float)


def half_turn(size: tuple[int, int]) -> Projection:
    """Turns a picture of that width and height on its head."""
    return np.array([[-1, 0, size[0]], [0, -1, size[1]], [0, 0, 1]], float)


def upright(grey: Grey, dpi: float) -> Upright:
    """Sets a page upright. `dpi` is what the file says; a photographed sheet of A4 shape tells its own."""
    project: Projection = np.eye(3)
    size = (grey.shape[1], grey.shape[0])
    corners = outline(grey)
    if corners is not None:
        project, dpi, size = flatten(corners, dpi)
    look = LOOK_DPI / dpi

    def seen(projection: Projection, extent: tuple[int, int]) -> Grey:
        shrink = np.diag([look, look, 1.0])
        small = (max(round(extent[0] * look), 16), max(round(extent[1] * look), 16))
        return _warp(grey, shrink @ projection, small)

    small = seen(project, size)
    ink = dark_strokes(small, LOOK_DPI)
    _clear_rim(ink)
    if sideways(ink, LOOK_DPI):
        project, size = quarter_turn(size) @ project, (size[1], size[0])
        small, ink = (np.ascontiguousarray(np.rot90(one, -1)) for one in (small, ink))
    lean = leaning(ink, LOOK_DPI)
    straight = straighten(lean, (ink.shape[1], ink.shape[0]))
    grow = np.diag([1 / look, 1 / look, 1.0])
    project = grow @ straight @ np.linalg.inv(grow) @ project
    hanging = head_down(_warp(small, straight, (small.shape[1], small.shape[0])), LOOK_DPI)
    if hanging > 1.0:
        project = half_turn(size) @ project
    scale = WORK_DPI / dpi
    project = np.diag([scale, scale, 1.0]) @ project
    size = (round(size[0] * scale), round(size[1] * scale))
    even, tone = even_light(_warp(grey, project, size))
    return Upright(
        even,
        tone,
        WORK_DPI,
        np.asarray(np.linalg.inv(project), np.float64),
        _bilevel(grey),
        dpi < COARSE,
        1 / PLAIN < hanging < PLAIN,
    )


def _bilevel(grey: Grey) -> bool:
    """Whether hardly any pixel is neither ink nor paper, by every third row."""
    shades = cv2.calcHist([np.ascontiguousarray(grey[::3])], [0], None, [256], [0, 256]).ravel()
    return float(shades[GREYS[0] : GREYS[1]].sum()) < MOST_GREY * float(shades[: GREYS[1]].sum())


def other_way_up(page: Upright) -> Upright:
    """The page turned on its head."""
    height, width = page.even.shape
    turn = half_turn((width, height))
    even, tone = np.ascontiguousarray(page.even[::-1, ::-1]), np.ascontiguousarray(page.tone[::-1, ::-1])
    return replace(page, even=even, tone=tone, to_picture=page.to_picture @ turn)


def _warp(grey: Grey, project: Projection, size: tuple[int, int]) -> Grey:
    """The picture after a projection; what lies beyond its rim is as its rim."""
    shrink = float(np.sqrt(abs(np.linalg.det(project[:2, :2]))))
    if shrink < 0.75:  # averaging first, or thin strokes fall between the samples
        grey = _shrunk(grey, shrink)
        project = project @ np.linalg.inv(np.diag([shrink, shrink, 1.0]))
    if (grey.shape[1], grey.shape[0]) == size and np.allclose(project, np.eye(3), atol=1e-9):
        return grey
    return np.asarray(
        cv2.warpPerspective(grey, project, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE), np.uint8
    )


def _shrunk(grey: Grey, shrink: float) -> Grey:
    """The picture made smaller by averaging, first by halves, which costs next to nothing."""
    width, height = (max(round(side * shrink), 8) for side in (grey.shape[1], grey.shape[0]))
    while min(grey.shape[0] // height, grey.shape[1] // width) >= 2:
        even = grey[: grey.shape[0] // 2 * 2, : grey.shape[1] // 2 * 2]
        grey = np.asarray(cv2.resize(even, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8)
    return np.asarray(cv2.resize(grey, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
