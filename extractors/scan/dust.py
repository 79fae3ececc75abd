"""Takes dust off a page: specks that stand by themselves. A full stop, a dot or an accent has a letter near it."""

from __future__ import annotations

import cv2
import numpy as np

from extractors.scan.upright import Grey

INK = 150
"""Brightness (paper is 255) below which a pixel is ink."""
SPECK = 0.03
"""Inches: dust is smaller both ways. A dash of 8-point print is wider."""
NEAR = 0.12
"""Inches within which the letter stands that a dot belongs to."""
PAPER = 255


def dusted(bare: Grey, dpi: float) -> Grey:
    """A page freed of rulings without its dust."""
    ink = cv2.compare(bare, INK, cv2.CMP_LT)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    small = np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]) < SPECK * dpi
    small[0] = False
    large = (~small).astype(np.uint8)
    large[0] = 0
    reach = 2 * round(NEAR * dpi) + 1
    round_print = cv2.dilate(large[labels], np.ones((reach, reach), np.uint8))
    alone = small.copy()
    alone[np.unique(labels[round_print > 0])] = False
    if not alone.any():
        return bare
    out = bare.copy()
    out[cv2.dilate(alone[labels].astype(np.uint8), np.ones((3, 3), np.uint8)) > 0] = PAPER
    return out
