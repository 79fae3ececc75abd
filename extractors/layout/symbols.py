"""Tick boxes and list signs written as characters, in Unicode and in the symbol fonts that hide them behind letters."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

Sign = Literal["ticked", "empty", "tick", "filled", "round", "bullet"]
"""ticked, empty: a whole box. tick: a tick or cross without a box. filled, round: ■ ● and ○, which are boxes only where
empty ones of their kind stand near, else bullets. bullet: a list sign."""

UNICODE: Mapping[str, Sign] = MappingProxyType(
    {
        **dict.fromkeys("☑☒⌧🗵🗷🗹⊠🗳⮽⮾⮿❎🔳", "ticked"),
        **dict.fromkeys("☐□▢◻⬜❏❐❑❒⊡🞎🞏🞐🞑🞒🞓▫⬚◽🔲⎕", "empty"),
        **dict.fromkeys("✓✔✗✘✕✖☓🗸🗴🗶🗙❌✅⍻√", "tick"),
        **dict.fromkeys("◉⦿🔘⊙☉⊗🞊", "ticked"),
        **dict.fromkeys("■◼⬛●⬤◾", "filled"),
        **dict.fromkeys("○◯⚪❍❍⭘", "round"),
        **dict.fromkeys("•‣⁃∙◦·▪▸►▶➢➤❖◆◇✦\uf0b7", "bullet"),
    }
)

_WINGDINGS: dict[int, Sign] = {
    **dict.fromkeys(b"opqr\xa8", "empty"),
    **dict.fromkeys(b"x\xfd\xfeV", "ticked"),
    **dict.fromkeys(b"\xfb\xfc", "tick"),
    **dict.fromkeys(b"nl", "filled"),
    **dict.fromkeys(b"\xa1\xa6m", "round"),
    **dict.fromkeys(b"\xa4", "ticked"),
    **dict.fromkeys(b"\xa7\xd8v\x9f\x9e\xd8\xe8uw", "bullet"),
}
_WINGDINGS_2: dict[int, Sign] = {
    **dict.fromkeys(b"\xa3\x2a\x30", "empty"),
    **dict.fromkeys(b"RSTUV", "ticked"),
    **dict.fromkeys(b"OPQ", "tick"),
    **dict.fromkeys(b"\x98\x97\x96", "filled"),
    **dict.fromkeys(b"\x99\x9a\x81", "round"),
    **dict.fromkeys(b"\x9e\x9f", "ticked"),
}
_WEBDINGS: dict[int, Sign] = {
    **dict.fromkeys(b"c\x63", "empty"),
    **dict.fromkeys(b"ar", "tick"),
    **dict.fromkeys(b"gn", "filled"),
}
_DINGBATS: dict[int, Sign] = {
    **dict.fromkeys(b"opqr", "empty"),
    **dict.fromkeys(b"345678", "tick"),
    **dict.fromkeys(b"nl", "filled"),
    **dict.fromkeys(b"m", "round"),
    **dict.fromkeys(b"uv", "bullet"),
}
_SYMBOL: dict[int, Sign] = {0xB7: "bullet", 0xD6: "tick", 0xB4: "tick"}
FONTS: tuple[tuple[str, Mapping[int, Sign]], ...] = (
    ("wingdings2", _WINGDINGS_2),
    ("wingdings3", {}),
    ("wingdings", _WINGDINGS),
    ("webdings", _WEBDINGS),
    ("dingbats", _DINGBATS),
    ("symbol", _SYMBOL),
)
"""Part of a font's name (lower case, without spaces or hyphens) and what its code points show; the first that fits counts."""

_ORDINARY = ("segoeui", "opensymbol", "starsymbol")
"""Fonts named for symbols that are coded as Unicode has them; LibreOffice prints Wingdings in the last two, private codes kept."""


def font_signs(font: str) -> Mapping[int, Sign] | None:
    """The signs a symbol font shows, None for a font of ordinary letters. `font` is its name, with or without subset tag."""
    name = font.split("+")[-1].lower().replace(" ", "").replace("-", "").replace("_", "")
    if any(part in name for part in _ORDINARY):
        return None
    return next((signs for part, signs in FONTS if part in name), None)


def sign(character: str, font: str = "") -> Sign | None:
    """What one character shows, None for an ordinary letter. Symbol fonts may use U+F0xx or the plain code."""
    code = ord(character)
    private = 0xF000 <= code <= 0xF0FF
    signs = font_signs(font)
    if signs is not None:
        found = signs.get(code - 0xF000 if private else code)
        if found is not None:
            return found
    if character in UNICODE:
        return UNICODE[character]
    # A private code point without a telling font name is nearly always Wingdings: Word's own check boxes use it.
    return _WINGDINGS.get(code - 0xF000) if private and signs is None else None
