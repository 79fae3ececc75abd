"""Mails signed as a whole (S/MIME, RFC 8551 3.5.2): the mail is taken out of its signature, which is not checked; who sent
a form is told by other means. Encrypted ones are only told apart.
"""

from __future__ import annotations

from pyasn1.codec.ber import decoder
from pyasn1.error import PyAsn1Error
from pyasn1_modules import rfc5652

from extractors.files.sniff import sealed


def unsealed(content: bytes) -> bytes | None:
    """The mail inside a signed message (RFC 5652), None where the content is no such message, or holds a signature alone."""
    if not sealed(content):
        return None
    try:
        message, _ = decoder.decode(content, asn1Spec=rfc5652.ContentInfo())
        if message["contentType"] != rfc5652.id_signedData:
            return None
        signed, _ = decoder.decode(message["content"], asn1Spec=rfc5652.SignedData())
        held = signed["encapContentInfo"]["eContent"]
        return bytes(held) if held.hasValue() else None
    except (PyAsn1Error, ValueError, TypeError, IndexError):
        return None
