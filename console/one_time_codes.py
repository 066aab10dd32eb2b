"""Codes of authenticator apps, with pyotp."""

from __future__ import annotations

from datetime import datetime

import pyotp

STEP_S = 30
_ISSUER = "Tanya Izin"


class TotpCodes:
    """``izin.ports.OneTimeCodes``: TOTP after RFC 6238, six digits every thirty seconds."""

    def new_secret(self) -> str:
        """Give a new key of 160 bits in base32."""
        return pyotp.random_base32()

    def step(self, secret: str, code: str, now: datetime) -> int | None:
        """Give the step a code belongs to; clocks may differ by one step."""
        code = code.replace(" ", "")
        present, totp = int(now.timestamp()) // STEP_S, pyotp.TOTP(secret)
        if not (code.isascii() and code.isdigit()):
            return None
        for step in (present, present - 1, present + 1):
            if pyotp.utils.strings_equal(totp.generate_otp(step), code):
                return step
        return None


def picture(secret: str, login: str) -> str:
    """Give the QR code an app reads, as a ``data:`` address of an SVG picture."""
    import segno  # only here: rarely drawn, and always in memory otherwise

    address = pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=_ISSUER)
    uri: str = segno.make(address, error="m").svg_data_uri(scale=4, border=3, light="#fff")
    return uri
