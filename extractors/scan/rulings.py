"""Finds the printed rulings of an upright page, faint, broken or touched by print as they may be, and takes them out.

rulings   horizontal and vertical strokes longer than any letter, in pixels, with the mask of their ink
without   the page with the rulings' ink gone and the print that crosses them kept
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.layout.ink import Edge
from extractors.scan.shapes import Shape, darker, reaching, shapes, strokes
from extractors.scan.upright import Grey

SHORTEST = 0.24
"""Inches: a ruling is longer than the bars of the largest letters."""
LOWEST_ROW = 0.11
"""Inches: the height of a row of 8-point print; an upright that parts two cells of one row may be no longer."""
MEETS = 0.035
"""Inches: how near to a ruling another ends that meets it."""
GAP = 0.06
"""Inches: a break in a ruling that is still one ruling (dust, fax drop-outs, dots)."""
SURE = 1.5
"""Inches: no row of letters is joined for so long."""
MOST_GAPS, MOST_STEMS = 0.03, 0.35
"""Shares of a short ruling's length that may be missing, or be met by print on one side."""
TALLEST_ROW = 1.2
"""Inches: in a taller row an upright is long enough to be seen by itself."""
TOUCHES, MOST_STEM_GAPS = 0.0125, 0.1
"""Inches that the tips of an upright in a low row may stay off its rulings, and the share of its length that may be missing:
letters fill a tight row almost, and their stems end so near to both rulings that they are joined to them."""
GOES_ON = 0.6
"""Share of the ink on a broken stroke that it has just beside the rulings that it crosses."""
BREAK = 0.015
"""Inches of missing ink beyond the ruling at which another ends, which say that what follows is print."""
PALE, OFTEN, OFTEN_FAXED = 4, 0.85, 0.6
"""How much darker than both its sides a weak upright is, and along what share of its length; print is less often; a fax
has lost more."""
INKED, SOLID = 0.45, 0.9
"""Share of its usual darkness from which a ruling is inked, and of its length that must be where print runs along it."""
PALEST_STEM = 70
"""Darkness that print reaches and the noise beside a hairline does not."""
THICKEST = 0.06
"""Inches: what is thicker is a fill."""
FAINT = 11
"""Least darkness (of 255) over the paper on both sides; hairlines in grey come out of a photograph at about 20."""
INK = 60
"""Darkness from which a pixel of a fax is ink."""
WINDOW = 0.25
"""Inches of a dotted line that are looked at together."""
DOTTED, BESIDE = 0.3, 0.3
"""Share of its length that a hairline still has after faxing, and the most of that share that the rows on both sides have:
rows of letters have stems on one side."""
MOST_DOTS_GAPS, LEAST_DOTTED = 0.6, 0.6
"""Share of a short dotted line's length that may be missing, and its least length in inches: stems of letters one below the
other make shorter ones."""
ON_LINE, LOST = 0.02, 0.6
"""Inches: how far from one line the pieces of a ruling lie at most, and how much of it a fax may lose between two."""
EDGE = 0.12
"""Inches along the rim of a picture where no printer prints: what is dark there is the scanner's or the table's."""
OWN_SHARE = 0.4
"""A pixel belongs to a stroke when it has this share of the stroke's mean darkness: print has gaps, rulings have none."""


@dataclass(frozen=True, slots=True)
class Rulings:
    """Edges in pixels, 255 where their ink lies, and whether the page was faxed: its hairlines may be lost in part."""

    horizontals: list[Edge]
    verticals: list[Edge]
    ink: Grey
    faxed: bool = False


def rulings(even: Grey, dpi: float, *, faxed: bool = False) -> Rulings:
    """The rulings of a page whose light is even; where it was faxed, those too that were broken into dots."""
    dark = cv2.bitwise_not(even)
    level, level_ink = _level(dark, dpi, SHORTEST, faxed=faxed)
    turned = np.asarray(cv2.transpose(dark), np.uint8)
    plumb, plumb_ink = _level(turned, dpi, LOWEST_ROW, level, faxed=faxed)
    if faxed:
        level, plumb = _joined(level, dpi), _joined(plumb, dpi)
    for edge in _weak(turned, plumb, level, dpi, OFTEN_FAXED if faxed else OFTEN):
        plumb.append(edge)
        plumb_ink[round(edge.at) - 1 : round(edge.at) + 2, int(edge.start) : int(edge.end)] = 255
    height, width = even.shape
    ink = cv2.bitwise_or(level_ink, cv2.transpose(plumb_ink))
    return Rulings(_on_paper(level, height, dpi), _on_paper(plumb, width, dpi), ink, faxed)


def _on_paper(edges: Sequence[Edge], size: int, dpi: float) -> list[Edge]:
    """The rulings that no rim of the picture is, with the shadow that lies along it."""
    return [edge for edge in edges if EDGE * dpi < edge.at < size - EDGE * dpi]


def _level(
    dark: Grey, dpi: float, shortest: float, across: Sequence[Edge] = (), *, faxed: bool
) -> tuple[list[Edge], Grey]:
    """The strokes along the rows of a picture, and their ink. Those below SHORTEST count where they reach from one of
    the rulings `across` to the next; letters do not."""
    mask = cv2.bitwise_or(_faint(dark, dpi, shortest), _thick(dark, dpi))
    if faxed:
        mask = cv2.bitwise_or(mask, _dotted(dark, dpi))
    gap = max(int(GAP * dpi), 3)
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((1, gap), np.uint8))
    ink = np.zeros_like(mask)
    found = []
    for shape in shapes(mask):
        _, _, wide, tall, _ = shape
        if wide < shortest * dpi or tall > max(THICKEST * dpi, wide * 0.03) or wide <= 6 * tall:
            continue
        if wide < SHORTEST * dpi and not _may_be_between(across, shape, dpi):
            continue
        own = shape.own(mask)
        edge = _edge(dark, shape, own, dpi, across, faxed=faxed)
        if edge is not None:
            found.append(edge)
            own[:, : int(edge.start) - shape.x] = own[:, int(edge.end) - shape.x :] = 0
            shape.within(ink)[own > 0] = 255
    return found, ink


def _edge(dark: Grey, shape: Shape, own: Grey, dpi: float, across: Sequence[Edge], *, faxed: bool) -> Edge | None:
    """The ruling that a stroke is, whose pixels are `own`; None for a row of letters."""
    x, y, wide, tall, _ = shape
    rows = own.sum(axis=1, dtype=np.float64)
    at = y + float((rows * np.arange(tall)).sum()) / max(float(rows.sum()), 1.0) + 0.5
    stroke = cv2.blur(shape.within(dark).max(axis=0).reshape(1, -1), (3, 1)).ravel()
    usual = _median(stroke)
    inked = _within(across, np.flatnonzero(stroke >= INKED * usual), x, at, dpi)
    if not len(inked):
        return None
    start, end = x + int(inked[0]), x + int(inked[-1]) + 1
    gaps = 1 - len(inked) / (end - start)
    if _between(across, start, end, at, dpi):
        low = wide < SHORTEST * dpi and not _touches(across, start, end, at, dpi)
        lost = faxed and wide >= SHORTEST * dpi
        if low or (gaps > MOST_STEM_GAPS and not (lost and _crosses(across, inked + x, at, dpi))):
            return None
    else:
        stemmed = _stemmed(dark[:, start:end], y, tall, usual, dpi)
        most_gaps = MOST_DOTS_GAPS if faxed and wide >= LEAST_DOTTED * dpi else MOST_GAPS
        short = wide < SHORTEST * dpi or (wide < SURE * dpi and (gaps > most_gaps or stemmed))
        if short or (stemmed and not _solid(dark[y : y + tall, start:end], usual, dpi)):
            return None
    return Edge(at, float(start), float(end))


def _median(values: NDArray[np.uint8]) -> float:
    """What numpy's own gives, in a sixth of its time for so few."""
    ordered = np.sort(values).tolist()
    return float(ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2


def _within(across: Sequence[Edge], inked: NDArray[np.intp], first: int, at: float, dpi: float) -> NDArray[np.intp]:
    """The inked places of a stroke that begins at `first`, without the print that stands in line with it, beyond the
    ruling across it at which it ends, and was joined to it over a gap."""
    reach = MEETS * dpi
    met = [edge.at - first for edge in across if edge.start - reach <= at <= edge.end + reach]
    for sign in (1, -1) if len(inked) else ():  # the far end, then the near one
        along = np.sort(sign * inked)
        before = [sign * place for place in met if along[0] < sign * place <= along[-1] + reach]
        end = max(before, default=along[-1])
        if not reach < along[-1] - end <= SHORTEST * dpi:
            continue
        if np.diff(along[along > end - reach]).max() > BREAK * dpi:
            inked = inked[sign * inked <= end + reach / 2]
    return inked


def _may_be_between(across: Sequence[Edge], shape: Shape, dpi: float) -> bool:
    """Whether a ruling crosses within reach of both ends of a stroke, whatever of its tips turns out not to be inked."""
    reach = 2 * MEETS * dpi
    return all(
        any(abs(edge.at - tip) <= reach and edge.start - reach <= shape.y <= edge.end + reach for edge in across)
        for tip in (shape.x, shape.x + shape.wide)
    )


def _between(across: Sequence[Edge], start: float, end: float, at: float, dpi: float) -> bool:
    """Whether a stroke reaches from one ruling across it to another."""
    met = [edge.at for edge in across if edge.start - MEETS * dpi <= at <= edge.end + MEETS * dpi]
    near = [[place for place in met if abs(place - tip) <= MEETS * dpi] for tip in (start, end)]
    return bool(near[0] and near[1]) and min(near[0]) < max(near[1])


def _touches(across: Sequence[Edge], start: float, end: float, at: float, dpi: float) -> bool:
    """Whether a stroke between two rulings leaves no paper before either."""
    met = [edge.at for edge in across if edge.start - MEETS * dpi <= at <= edge.end + MEETS * dpi]
    slack = TOUCHES * dpi
    return any(start - slack <= place <= start + MEETS * dpi for place in met) and any(
        end - MEETS * dpi <= place <= end + slack for place in met
    )


def _crosses(across: Sequence[Edge], inked: NDArray[np.intp], at: float, dpi: float) -> bool:
    """Whether the ink of a stroke that a fax broke goes on at the rulings across it: stems of letters one below the other end
    before each."""
    met = [edge.at for edge in across if edge.start - MEETS * dpi <= at <= edge.end + MEETS * dpi]
    places = np.arange(int(inked[0]), int(inked[-1]) + 1)
    off = np.min(np.abs(places[:, None] - np.array(met)[None, :]), axis=1)
    near = places[(off > TOUCHES * dpi) & (off <= MEETS * dpi)]
    return float(np.isin(near, inked).mean()) >= GOES_ON * len(inked) / len(places) if len(near) else True


def _joined(edges: Sequence[Edge], dpi: float) -> list[Edge]:
    """Rulings of which a fax has left pieces on one line, whole again."""
    whole: list[Edge] = []
    for edge in sorted(edges, key=lambda edge: edge.start):
        before = next(
            (
                at
                for at, other in enumerate(whole)
                if abs(other.at - edge.at) <= ON_LINE * dpi and edge.start - other.end <= LOST * dpi
            ),
            None,
        )
        if before is None:
            whole.append(edge)
        else:
            other = whole[before]
            whole[before] = Edge((other.at + edge.at) / 2, other.start, max(other.end, edge.end))
    return whole


def _weak(turned: Grey, plumb: Sequence[Edge], level: Sequence[Edge], dpi: float, often: float) -> list[Edge]:
    """Uprights too pale to be seen by themselves, beside a fill perhaps, in rows between rulings: where other rows of the
    table have one, at the same place, a paler one suffices. The picture and the edges of `plumb` lie along its rows."""
    found: list[Edge] = []
    near, reach = MEETS * dpi, max(round(0.02 * dpi), 3)
    longest = [edge for edge in level if edge.end - edge.start >= SURE * dpi]
    for at in sorted({round(edge.at) for edge in plumb}):
        mine = [edge for edge in (*plumb, *found) if abs(edge.at - at) <= near]
        rows = sorted(edge.at for edge in longest if edge.start + near < at < edge.end - near)
        table = min(edge.start for edge in mine) - near, max(edge.end for edge in mine) + near
        for top, bottom in pairwise(y for y in rows if table[0] <= y <= table[1]):
            if (
                not LOWEST_ROW * dpi < bottom - top < TALLEST_ROW * dpi
                or at < 2 * reach
                or at > len(turned) - 2 * reach - 1
            ):
                continue
            if any(min(edge.end, bottom) - max(edge.start, top) > 0.3 * (bottom - top) for edge in mine):
                continue
            strip = turned[at - 2 * reach : at + 2 * reach + 1, int(top) + 3 : int(bottom) - 2].astype(np.int16)
            middle = strip[reach:-reach]
            place = int(np.argmax(middle.mean(axis=1))) + reach
            beside = np.maximum(strip[max(place - reach, 0)], strip[min(place + reach, len(strip) - 1)])
            if float((strip[place - 1 : place + 2].max(axis=0) > beside + PALE).mean()) >= often:
                found.append(Edge(float(at - 2 * reach + place), top, bottom))
    return found


def _solid(stroke: Grey, own: float, dpi: float) -> bool:
    """Whether the ink of a stroke lies in a narrow band all along: rows of letters are broken at every height."""
    inked = cv2.dilate(cv2.compare(stroke, INKED * own, cv2.CMP_GE), np.ones((3, 1), np.uint8)) > 0
    step = max(int(0.2 * dpi), 8)
    shares = [inked[:, at : at + step].mean(axis=1).max() for at in range(0, inked.shape[1], step)]
    return float(np.mean(shares)) >= SOLID


def _stemmed(dark: Grey, y: int, h: int, own: float, dpi: float) -> bool:
    """True for the edge of a row of letters: their stems leave it on one side all along."""
    reach, near = max(round(0.03 * dpi), 4), max(round(0.012 * dpi), 2)
    above = dark[max(y - reach, 0) : max(y - near, 1)].max(axis=0)
    below = dark[min(y + h + near, dark.shape[0] - 1) : y + h + reach].max(axis=0)
    stem = max(0.5 * own, PALEST_STEM)
    return max(float((above > stem).mean()), float((below > stem).mean())) > MOST_STEMS


def _faint(dark: Grey, dpi: float, shortest: float) -> Grey:
    """Thin strokes, seen by averaging along them: a hairline lost in noise pixel by pixel stands out over its length."""
    run = cv2.blur(dark, (max(int(0.12 * dpi), 5), 1))
    reach = max(round(0.02 * dpi), 2)
    beside = cv2.max(_shifted(run, reach), _shifted(run, -reach))
    stands_out = reaching(cv2.subtract(run, beside), FAINT)
    three = cv2.dilate(dark, np.ones((3, 1), np.uint8))
    own = cv2.compare(three, cv2.convertScaleAbs(run, alpha=OWN_SHARE), cv2.CMP_GE)
    mask = cv2.bitwise_and(stands_out, own)
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((2, 5), np.uint8))
    return strokes(mask, int(shortest * dpi))


def _dotted(dark: Grey, dpi: float) -> Grey:
    """Hairlines that a fax has broken into dots: a row with ink along much of it, and little on either side."""
    three = cv2.dilate(reaching(dark, INK), np.ones((3, 1), np.uint8))
    share = cv2.blur(three, (int(WINDOW * dpi), 1))
    reach = max(round(0.025 * dpi), 4)
    beside = cv2.max(_shifted(share, reach), _shifted(share, -reach))
    beside = cv2.max(beside, cv2.max(_shifted(share, 2 * reach), _shifted(share, -2 * reach)))
    lone = cv2.compare(share, cv2.max(cv2.convertScaleAbs(beside, alpha=1 / BESIDE), DOTTED * 255), cv2.CMP_GE)
    lone = cv2.dilate(lone, np.ones((1, int(WINDOW * dpi / 2)), np.uint8))
    joined = cv2.morphologyEx(cv2.bitwise_and(lone, three), cv2.MORPH_CLOSE, np.ones((1, int(GAP * dpi) + 4), np.uint8))
    return cv2.morphologyEx(joined, cv2.MORPH_OPEN, np.ones((1, int(LEAST_DOTTED * dpi)), np.uint8))


def _thick(dark: Grey, dpi: float) -> Grey:
    """Strokes too thick for `_faint`, which are dark enough to be seen pixel by pixel."""
    return strokes(reaching(dark, 90), int(1.5 * SHORTEST * dpi))


def _shifted(image: Grey, rows: int) -> Grey:
    out = np.empty_like(image)
    if rows > 0:
        out[rows:] = image[:-rows]
        out[:rows] = image[:1]
    else:
        out[:rows] = image[-rows:]
        out[rows:] = image[-1:]
    return out


def without(even: Grey, found: Rulings, dpi: float) -> Grey:
    """The page without its rulings; where a stroke of print runs through a ruling, the stroke stays whole."""
    spread = max(round(0.01 * dpi), 1)
    mask = cv2.dilate(found.ink, np.ones((2 * spread + 1, 2 * spread + 1), np.uint8))
    ink = darker(even, 140)
    ink = cv2.bitwise_and(ink, cv2.bitwise_not(mask))
    reach = 2 * spread + 2
    tall = np.ones((reach * 2 + 1, 1), np.uint8)
    above = cv2.dilate(ink, tall[: reach + 1], anchor=(0, 0))
    below = cv2.dilate(ink, tall[: reach + 1], anchor=(0, reach))
    crossed = cv2.bitwise_and(above, below)
    mask = cv2.bitwise_and(mask, cv2.bitwise_not(crossed))
    return np.asarray(cv2.max(even, mask), np.uint8)
