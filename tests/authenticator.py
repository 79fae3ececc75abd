"""The app on somebody's phone, as RFC 6238 describes it: written out here, so that it shares nothing with the desk."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class App:
    secret: str

    def code(self, moment: datetime) -> str:
        """The six digits shown at `moment`."""
        key = base64.b32decode(self.secret.replace(" ", ""))
        digest = hmac.digest(key, struct.pack(">Q", int(moment.timestamp()) // 30), hashlib.sha1)
        start = digest[-1] & 15
        return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"
