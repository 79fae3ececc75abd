"""Finds printed tick boxes on an upright page: squares and circles of the size that tick boxes have."""

from __future__ import annotations

from itertools import compress

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.scan.letters import Recognised
from extractors.scan.rulings import Rulings
from extractors.scan.shapes import reaching, shapes, strokes
from extractors.scan.ticked import Place, TickBox, judged
from extractors.scan.upright import Grey

Numbers = NDArray[np.int_]

INK = 60
"""Darkness (of 255) from which a pixel counts as part of a box's side."""
SMALLEST, LARGEST = 5.2 / 72, 24.0 / 72
"""Inches: the sides of boxes seen on forms, from 7-point signs to boxes drawn for pens."""
SCALES = ((SMALLEST, 9 / 72), (8 / 72, 14.5 / 72), (13 / 72, LARGEST))
"""Boxes are looked for by size, so that the pen in a large one is not taken for the side of a small one."""
OVERSHOOT = 0.2
"""Share of a side by which pen strokes across its corners may seem to lengthen it."""
SQUARE = 1.3
"""Most that one side may be longer than the other."""
SIDE_SHARE, LETTER_SHARE, PRINT_SHARE = 0.86, 0.9, 0.96
"""Share of each side that must be inked: of large boxes, of boxes no larger than letters, and of those that stand as
close to other ink as letters do. D, O and B reach 0.88 by themselves and 0.94 with a neighbour's help."""
STEM, PALE = 80, 45
"""Darkness that counts towards the thickness of a side, the blur beside it not; and that tells a side from none."""
THIN, FAXED = 0.17, 0.25
"""Share of a box that its side is thick, at most; the stems of bold letters are 0.2. A fax thickens the sides of boxes
as much: there a box is told by standing free."""
FREE = 0.33
"""Share of its side within which a box that stands free has no ink beside it; the letters of a word stand closer."""
LETTER = 9 / 72
"""Inches: the widest letter in print of 12 points."""
STEM_WIDE, STEMMED = 4, 0.6
"""Pixels within which a stem that a letter's bowl stands at runs on, and the share of the way that it is inked."""
NARROW = 0.6
"""Share of the height of a line of print that letters are wide which may seem a box; a typed box has three quarters."""
ROUND = 0.09
"""Share of the side within which a corner must be inked; the bowls of letters miss it."""


def tick_boxes(even: Grey, found: Rulings, dpi: float) -> list[TickBox]:
    """Every box of the page, from the top."""
    dark = cv2.bitwise_not(even)
    mask = reaching(dark, INK)
    if found.faxed:  # a fax breaks hairlines where a grey scan only pales them
        mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((1, 3), np.uint8))
        mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((3, 1), np.uint8))
    squares = _squares(mask, dark, dpi)
    loose = cv2.bitwise_and(mask, cv2.bitwise_not(cv2.dilate(found.ink, np.ones((3, 3), np.uint8))))
    taken = np.zeros_like(loose)
    for x0, y0, x1, y1 in squares:
        taken[y0:y1, x0:x1] = 255
    circles = _circles(cv2.bitwise_and(loose, cv2.bitwise_not(taken)), dpi)
    boxes = [judged(dark, loose, place, "square", dpi) for place in squares]
    boxes += [judged(dark, loose, place, "circle", dpi) for place in circles]
    return sorted(boxes, key=lambda box: (box.top, box.x0))


def is_part(box: TickBox, word: Recognised) -> bool:
    """Whether a box is letters of a word, such as two f whose bars meet: it stands within the word, and is narrow beside it."""
    tall = word.bottom - word.top
    level = word.top - tall / 4 < box.top and box.bottom < word.bottom + tall / 4
    within = word.x0 <= box.x0 and box.x1 <= word.x1 and word.x1 - word.x0 > box.x1 - box.x0 + tall / 4
    return level and within and box.x1 - box.x0 < NARROW * tall


def _squares(mask: Grey, dark: Grey, dpi: float) -> list[Place]:
    """Squares whose tops and bottoms end where the square does, or whose left and right sides do: boxes drawn one upon
    or beside the other share sides. The rulings round a cell of a table run on both ways, so cells are none."""
    flipped_mask, flipped_dark = np.asarray(cv2.transpose(mask), np.uint8), dark.T
    found: list[tuple[float, Place]] = []
    for least, most in SCALES:
        length = int(0.8 * least * dpi)
        level, plumb = strokes(mask, length), strokes(flipped_mask, length)
        sizes = (least * dpi, most * dpi)
        found += _pairs(_sides(level, plumb, sizes, dpi), mask, dark, sizes, dpi, flipped=False)
        sides = _sides(plumb, level, sizes, dpi)
        pairs = _pairs(sides, flipped_mask, flipped_dark, sizes, dpi, flipped=True)
        found += [(share - 0.05, (y0, x0, y1, x1)) for share, (x0, y0, x1, y1) in pairs]
    return _best(found)


def _sides(level: Grey, plumb: Grey, sizes: tuple[float, float], dpi: float) -> list[Place]:
    """Level strokes (x0, y0, x1, y1) of the length of a box's side, with upright strokes at both ends, from the top. The
    picture of upright strokes has its rows and columns changed over."""
    near = max(round(0.012 * dpi), 2) + int(OVERSHOOT * sizes[0])
    found = [
        (x, y, x + wide, y + tall) for x, y, wide, tall, _ in shapes(level) if 0.8 * sizes[0] <= wide <= 1.15 * sizes[1]
    ]
    if not found:
        return []
    x0, y0, x1, y1 = np.array(found).T
    middle = y0 + (y1 - y0) // 2
    both = _inked_near(plumb, x0, middle, near)
    both[both] = _inked_near(plumb, x1[both] - 1, middle[both], near)
    return sorted(compress(found, both.tolist()), key=lambda stroke: (stroke[1], stroke[0]))


def _inked_near(mask: Grey, rows: Numbers, columns: Numbers, near: int) -> NDArray[np.bool_]:
    """Of places of a mask, which have ink within so many pixels both ways."""
    reach = np.arange(-near, near + 1)
    y = np.clip(rows[:, None] + reach, 0, mask.shape[0] - 1)
    x = np.clip(columns[:, None] + reach, 0, mask.shape[1] - 1)
    return np.asarray(mask[y[:, :, None], x[:, None, :]].any(axis=(1, 2)))


def _partners(sides: list[Place], sizes: tuple[float, float], near: int) -> list[tuple[int, int]]:
    """Of strokes from the top, the places in the list of those that may be top and bottom of one square, in order; one that is
    as high as wide may be a filled square, and is its own bottom."""
    if not sides:
        return []
    starts, tops, ends, bottoms = np.array(sides).T
    width, block = ends - starts, bottoms - tops
    filled = (block > sizes[0]) & (width / 1.15 <= block) & (block <= width * 1.15)
    found = [(i, i) for i in np.flatnonzero(filled).tolist()]
    slack, last = np.maximum(0.2 * width, near), np.searchsorted(tops, tops + SQUARE * width + near)
    upper = np.flatnonzero(~filled)
    for step in range(1, len(sides)):
        upper = upper[upper + step < last[upper]]
        if not len(upper):
            break
        lower = upper + step
        tall = bottoms[lower] - tops[upper]
        level = np.maximum(np.abs(starts[lower] - starts[upper]), np.abs(ends[lower] - ends[upper])) <= slack[upper]
        matched = level & (tall >= sizes[0]) & (tall <= sizes[1])
        found += zip(upper[matched].tolist(), lower[matched].tolist(), strict=True)
    return sorted(found)


def _pairs(
    sides: list[Place], mask: Grey, dark: Grey, sizes: tuple[float, float], dpi: float, *, flipped: bool
) -> list[tuple[float, Place]]:
    """Squares made by two strokes one above the other, with how well their sides are closed."""
    near = max(round(0.012 * dpi), 2)
    found: list[tuple[float, Place]] = []
    for i, k in _partners(sides, sizes, near):
        x0, y0, x1, y_end = sides[i]
        if k == i:
            if (mask[y0:y_end, x0:x1] > 0).mean() > 0.93:
                found.append((1.0, (x0, y0, x1, y_end)))
            continue
        slack = max(0.2 * (x1 - x0), near)
        u0, _, u1, v1 = sides[k]
        left = _side(mask[y0:v1], min(x0, u0), max(x0, u0), slack, 1)
        right = _side(mask[y0:v1], min(x1, u1) - 1, max(x1, u1) - 1, slack, -1)
        place = (left, y0, right + 1, v1)
        wide, tall = place[2] - place[0], v1 - y0
        if not wide / SQUARE <= tall <= wide * SQUARE:
            continue
        if min(wide, tall) < sizes[0] or max(wide, tall) > sizes[1]:
            continue
        small = wide < LETTER * dpi
        least = LETTER_SHARE if small else SIDE_SHARE
        share = _closed(mask, place, near, least, small=small)
        if share < least:
            continue
        close = (
            not _stands_free(dark, place, flipped=flipped) if small else _stands_in_print(dark, place, flipped=flipped)
        )
        if close and small and share < PRINT_SHARE:
            continue
        if close and (small or share < PRINT_SHARE) and _goes_on(mask, place, flipped=flipped):
            continue
        if (
            not (small or close)
            or _thin_sided(dark, place, THIN)
            or (share >= PRINT_SHARE and _thin_sided(dark, place, FAXED) and _stands_free(dark, place, flipped=flipped))
        ):
            found.append((share, place))
    return found


def _side(rows: Grey, first: int, last: int, slack: float, step: int) -> int:
    """Where an upright side stands, near the ends of its top and bottom: a pen may have drawn those ends longer."""
    start, end = max(first - 1, 0), min(last + 2, rows.shape[1])
    if step > 0:
        end = min(end + int(slack), rows.shape[1])
    else:
        start = max(start - int(slack), 0)
    inked = cv2.reduce(rows[:, start:end], 0, cv2.REDUCE_AVG).ravel()  # the mask is 0 or 255
    solid = inked >= 0.7 * inked.max()
    return start + int(solid.argmax()) if step > 0 else end - 1 - int(solid[::-1].argmax())


def _closed(mask: Grey, place: Place, near: int, least: float, *, small: bool) -> float:
    """The least inked of the four sides, as a share of its length; nothing when it is below `least` or a corner is round."""
    x0, y0, x1, y1 = place
    inner = max(near - 1, 1)
    rows, columns = slice(y0, y1), slice(x0, x1)
    share = 1.0
    for side, along in (
        (mask[rows, max(x0 - 1, 0) : x0 + inner + 1], 1),
        (mask[rows, max(x1 - inner - 1, 0) : x1 + 1], 1),
        (mask[max(y0 - 1, 0) : y0 + inner + 1, columns], 0),
        (mask[max(y1 - inner - 1, 0) : y1 + 1, columns], 0),
    ):
        inked = cv2.reduce(side, along, cv2.REDUCE_MAX)
        share = min(share, cv2.countNonZero(inked) / inked.size)
        if share < least:
            return 0.0
    bulges = _bulges(mask, place, small=small)
    if bulges > 1:
        return 0.0
    corner = max(round(ROUND * (x1 - x0)), 2)
    for v in (slice(y0, y0 + corner), slice(y1 - corner, y1)):
        for u in (slice(x0, x0 + corner), slice(x1 - corner, x1)):
            if not mask[v, u].any():
                return 0.0
    return share if not bulges or share >= PRINT_SHARE else 0.0


def _thin_sided(dark: Grey, place: Place, share: float) -> bool:
    """True when all sides are at most a share of the box thick; the stems of bold letters are thicker than a box's sides."""
    x0, y0, x1, y1 = place
    box = dark[y0:y1, x0:x1]
    quarter = max(min(x1 - x0, y1 - y0) // 4, 2)
    thick, seen = 0, 0
    for side in (box[quarter:-quarter].min(axis=0), box[:, quarter:-quarter].min(axis=1)):
        third = max(len(side) // 3, 2)
        for end in (side[:third], side[-third:]):
            thick = max(thick, int((end > STEM).sum()))
            seen += bool((end > PALE).any())
    return thick <= max(share * (x1 - x0), 3) and seen >= 3


def _bulges(mask: Grey, place: Place, *, small: bool) -> int:
    """How many of two sides, left and right, have ink outside along their middle: two when the chords of an O or g make a
    square within the letter, one perhaps when a pen crosses a side. Of one no larger than a letter, also above and below."""
    x0, y0, x1, y1 = place
    third = (y1 - y0) // 3
    rows, columns = slice(y0 + third, y1 - third), slice(x0 + third, x1 - third)
    beside = sum(_inked(side) for side in (mask[rows, max(x0 - 3, 0) : max(x0 - 1, 1)], mask[rows, x1 + 1 : x1 + 3]))
    if not small:
        return beside
    above, below = mask[max(y0 - 3, 0) : max(y0 - 1, 1), columns], mask[y1 + 1 : y1 + 3, columns]
    return max(beside, sum(_inked(side.T) for side in (above, below)))


def _inked(side: Grey) -> bool:
    return bool(side.size) and float(side.any(axis=1).mean()) > 0.5


def _stands_in_print(dark: Grey, place: Place, *, flipped: bool) -> bool:
    """True for a shape with ink as close to it, left or right, as letters of one word stand."""
    x0, y0, x1, y1 = place
    if flipped:
        dark, (x0, y0, x1, y1) = dark.T, (y0, x0, y1, x1)
    side = x1 - x0
    rows, near = slice(y0 + side // 6, y1 - side // 6), 1 + max(round(0.2 * side), 2)
    left = dark[rows, max(x0 - near, 0) : max(x0 - 1, 1)]
    right = dark[rows, x1 + 1 : x1 + near]
    return any(bool(edge.size) and bool((edge > 110).any()) for edge in (left, right))


def _goes_on(mask: Grey, place: Place, *, flipped: bool) -> bool:
    """True for what letters make in a word: the bowl of a p, b or g, above or below which a stem runs on, and what two stems
    enclose that stand upon a ruling."""
    x0, y0, x1, y1 = place
    if flipped:
        mask, (x0, y0, x1, y1) = mask.T, (y0, x0, y1, x1)
    if not _stands_in_print(mask, (x0, y0, x1, y1), flipped=False):
        return False
    far = 2 + max((y1 - y0) // 3, 3)
    beyond = (slice(y1 + 2, y1 + far), slice(max(y0 - far, 0), max(y0 - 2, 0)))
    stems = (slice(max(x0 - 1, 0), x0 + STEM_WIDE), slice(max(x1 - STEM_WIDE, 0), x1 + 1))
    ends = [mask[rows, columns] for rows in beyond for columns in stems]
    if any(end.size > 0 and float(end.any(axis=1).mean()) > STEMMED for end in ends):
        return True
    wide = 2 + max((x1 - x0) // 3, 3)
    beside = (slice(max(x0 - wide, 0), max(x0 - 2, 0)), slice(x1 + 2, x1 + wide))
    levels = (slice(max(y0 - 1, 0), y0 + STEM_WIDE), slice(max(y1 - STEM_WIDE, 0), y1 + 1))
    sides = [[mask[rows, columns] for columns in beside] for rows in levels]
    return any(all(end.size > 0 and float(end.any(axis=0).mean()) > STEMMED for end in both) for both in sides)


def _stands_free(dark: Grey, place: Place, *, flipped: bool) -> bool:
    x0, y0, x1, y1 = place
    if flipped:
        dark, (x0, y0, x1, y1) = dark.T, (y0, x0, y1, x1)
    near = max(round(FREE * (x1 - x0)), 3)
    beside = (dark[y0:y1, max(x0 - near, 0) : max(x0 - 1, 1)], dark[y0:y1, x1 + 1 : x1 + near])
    return not any(bool((edge > INK).any()) for edge in beside)


def _best(found: list[tuple[float, Place]]) -> list[Place]:
    """One place for each box: of overlapping ones the best closed, then the largest."""
    kept: list[Place] = []
    for _, place in sorted(found, key=lambda f: (-round(f[0], 1), -(f[1][2] - f[1][0]))):
        x0, y0, x1, y1 = place
        slack = 0.3 * (x1 - x0)
        if not any(min(x1, k[2]) - max(x0, k[0]) > slack and min(y1, k[3]) - max(y0, k[1]) > slack for k in kept):
            kept.append(place)
    return kept


def _circles(mask: Grey, dpi: float) -> list[Place]:
    """Rings standing by themselves; an O inside a word has neighbours."""
    small, large = 6.5 / 72 * dpi, 16 / 72 * dpi
    found = []
    for shape in shapes(mask):
        x, y, wide, tall, _ = shape
        if not (small <= wide <= large and small <= tall <= large and 0.87 <= wide / tall <= 1.15):
            continue
        place = (x, y, x + wide, y + tall)
        if _ring_share(shape.own(mask) > 0) >= 0.9 and _alone(mask, place, dpi):
            found.append(place)
    return found


def _ring_share(part: NDArray[np.bool_]) -> float:
    """Share of directions in which the outermost ink lies on the ellipse that fills the box."""
    height, width = part.shape
    y, x = np.nonzero(part)
    u, v = (x + 0.5) / width * 2 - 1, (y + 0.5) / height * 2 - 1
    radius, turn = np.hypot(u, v), np.arctan2(v, u)
    sector = ((turn + np.pi) / (2 * np.pi) * 48).astype(int) % 48
    outer = np.zeros(48)
    np.maximum.at(outer, sector, radius)
    return float(((outer > 0.8) & (outer < 1.13)).mean())


def _alone(mask: Grey, place: Place, dpi: float) -> bool:
    x0, y0, x1, y1 = place
    gap = max(int((0.4 if x1 - x0 < LETTER * dpi else 0.25) * (x1 - x0)), 2)
    rows = slice(y0, y1)
    return not mask[rows, max(x0 - gap, 0) : x0].any() and not mask[rows, x1 : x1 + gap].any()
