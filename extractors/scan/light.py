"""Evens the light of an upright page: paper white, fills flattened, light print on dark turned to dark on light."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
Points = NDArray[np.float64]

TONE_STEP = 8
"""Pixels of a page to one of its tone."""
PALEST, EVEN, MOST_DARKER = 0.94, 0.006, 2.0
"""Share of the paper's brightness from which the background is taken for paper; how much paper may wander that pale fills
are told from; and how many times as dark fills are then made."""
DARK = 0.55
"""Share of the paper's brightness below which a fill has light print on it; the ink of bold print over a fill as seen at
half a TONE_STEP-th is seldom so dark, and never across five steps."""
MOST_OF_IT = 0.6
"""Share of a dark band that its fill takes at least, its print the rest; bold capitals take less of their line."""
LEAST_BAND, SQUARE_BAND, WIDE_BAND = (4, 12), 0.8, 1.5
"""The least height and width of a dark band, in half TONE_STEPs; how much of its rectangle it fills; how much wider than
high it is at least: what is squarer is a picture."""


def _small(grey: Grey) -> Grey:
    """The picture, of whole TONE_STEPs, at half a TONE_STEP-th of its resolution: between lines of close print a strip of
    paper is then seen."""
    height, width = grey.shape
    size = 2 * max(width // TONE_STEP, 8), 2 * max(height // TONE_STEP, 8)
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)


def _ground(small: Grey) -> NDArray[np.float32]:
    ground = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    size = small.shape[1] // 2, small.shape[0] // 2
    return np.asarray(cv2.medianBlur(cv2.resize(ground, size, interpolation=cv2.INTER_AREA), 5), np.float32)


def _bare(ground: NDArray[np.float32]) -> NDArray[np.float32]:
    """A smooth surface through the brightest of the background: the light on the paper, without the fills."""
    height, width = ground.shape
    step = max(min(height, width) // 48, 1)
    sample = ground[::step, ::step]
    rows, columns = sample.shape
    y, x = np.mgrid[0:rows, 0:columns]
    u, v = (2.0 * x / max(columns - 1, 1) - 1).ravel(), (2.0 * y / max(rows - 1, 1) - 1).ravel()
    terms = _terms(u, v)
    values = sample.ravel().astype(np.float64)
    weight = np.ones_like(values)
    fit: Points = np.zeros(terms.shape[1])
    for _ in range(6):
        weighted = (terms * (weight * weight)[:, None]).T
        fit = np.asarray(np.linalg.solve(weighted @ terms, weighted @ values), np.float64)
        off = values - terms @ fit
        weight = np.where(off < -6, 0.05, 1.0).astype(np.float64)
    surface = (terms @ fit).reshape(rows, columns).astype(np.float32)
    return np.asarray(np.maximum(cv2.resize(surface, (width, height)), 1.0), np.float32)


def _terms(u: Points, v: Points) -> Points:
    return np.stack([np.ones_like(u), u, v, u * u, u * v, v * v, u**3, v**3], axis=1)


def even_light(grey: Grey) -> tuple[Grey, NDArray[np.float32]]:
    """The picture with paper at 255, fills flattened and light print on dark turned to dark on light, and how bright its
    background is beside bare paper."""
    height, width = grey.shape
    whole = cv2.copyMakeBorder(grey, 0, -height % TONE_STEP, 0, -width % TONE_STEP, cv2.BORDER_REPLICATE)
    small = _small(np.asarray(whole, np.uint8))
    ground = _ground(small)
    bare = _bare(ground)
    full = cv2.resize(np.maximum(ground, 1).astype(np.uint8), whole.shape[::-1], interpolation=cv2.INTER_LINEAR)
    even = np.asarray(cv2.divide(grey, full[:height, :width], scale=255.0), np.uint8)
    tone = _told_apart(ground / bare)
    for x, y, wide, tall in _dark_bands(small, bare):
        _turn_light(grey, even, tone, (x, y, wide, tall), float(np.median(bare)))
    return even, tone


def _told_apart(tone: NDArray[np.float32]) -> NDArray[np.float32]:
    """The tone of a page with its fills as much darker as evenness of the paper allows: on even paper a pale fill tells."""
    light = tone[tone > PALEST]
    wander = float(np.median(np.abs(light - np.median(light)))) if light.size else 1.0
    return np.asarray(1.0 + (tone - 1.0) * min(max(EVEN / max(wander, 1e-6), 1.0), MOST_DARKER), np.float32)


def _dark_bands(small: Grey, bare: NDArray[np.float32]) -> list[tuple[int, int, int, int]]:
    """Places (x, y, width, height at half a TONE_STEP-th of the resolution) filled so darkly that their print is light: what
    is dark across more than the strokes of any print."""
    paper = cv2.resize(bare, (small.shape[1], small.shape[0]))
    dark = cv2.compare(cv2.medianBlur(small, 5).astype(np.float32), paper * DARK, cv2.CMP_LT)
    dark = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones(LEAST_BAND, np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(dark, connectivity=4)
    return [
        (x, y, wide, tall)
        for x, y, wide, tall, area in (tuple(int(n) for n in row) for row in stats[1:])
        if area > SQUARE_BAND * wide * tall and wide > WIDE_BAND * tall
    ]


def _turn_light(
    grey: Grey, even: Grey, tone: NDArray[np.float32], band: tuple[int, int, int, int], paper: float
) -> None:
    """Makes a dark band of `even` light and its print dark, and has `tone` say how dark it was."""
    x, y, wide, tall = band
    step = TONE_STEP // 2
    place = slice(y * step, (y + tall) * step), slice(x * step, (x + wide) * step)
    ground = float(np.median(grey[place]))
    if float((grey[place] < DARK * paper).mean()) < MOST_OF_IT:
        return  # heavy capitals on a fill
    lit = (grey[place].astype(np.float32) - ground) * (255.0 / max(paper - ground, 1.0))
    even[place] = 255 - np.clip(lit, 0, 255).astype(np.uint8)
    tone[y // 2 : (y + tall + 1) // 2, x // 2 : (x + wide + 1) // 2] = ground / paper
