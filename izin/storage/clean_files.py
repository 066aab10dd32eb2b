"""Takes out of a citizen's file what its sender does not see: place, device, author, time.

Photos carry the coordinates of where they were taken and the name of the phone; with an
anonymous complaint that would name the complainant. No file is stored before it was here.
Pictures are read and written anew, so that nothing hidden behind the picture comes along.
Sound, video and office documents keep what they carry (docs/decisions/0006).
"""

from __future__ import annotations

import subprocess
import sys
from io import BytesIO
from threading import BoundedSemaphore
from typing import Any

import filetype
import structlog
from pi_heif import register_heif_opener
from PIL import Image, ImageCms, ImageOps, JpegImagePlugin

from izin.errors import RejectedMessage
from izin.storage.broken_pictures import stripped_jpeg, stripped_png

log = structlog.get_logger()

MOST_PIXELS = 50_000_000
"""A 50-megapixel photo; read it takes 150 MB of memory for a moment."""

AT_ONCE = 2
"""Pictures read at the same time by one process."""

PDF_SECONDS = 10
LARGEST_PDF_BYTES = 20 * 1024 * 1024

UNREADABLE = "media_wrong_type"
_ORIENTATION = 0x0112
_PICTURES = {
    "image/jpeg": ("JPEG", "MPO"),
    "image/png": ("PNG",),
    "image/webp": ("WEBP",),
    "image/gif": ("GIF",),
    "image/heic": ("HEIF",),
    "image/heif": ("HEIF",),
}
_REPAIRS = {"image/jpeg": stripped_jpeg, "image/png": stripped_png}
_HIGH_QUALITY = 95

# Checked by ourselves before a pixel is read; Pillow would only warn.
Image.MAX_IMAGE_PIXELS = None
register_heif_opener()
_reading = BoundedSemaphore(AT_ONCE)


def without_metadata(content: bytes, mime_type: str | None) -> tuple[bytes, str | None]:
    """Give a file without metadata, and its MIME type, which may be another than before.

    JPEG, PNG and WebP keep their type; of a moving picture the first frame stays; HEIC becomes
    JPEG and GIF becomes PNG. A damaged JPEG or PNG keeps what is left of its picture. A PDF
    loses author, program and dates where it can be rewritten without harm (not encrypted, not
    signed). Every other file comes back as it was.

    Raises:
        RejectedMessage: A picture with too many pixels, or of another type that cannot be
            read; ``code`` is ``media_wrong_type``.
    """
    found = filetype.guess_mime(content[:8192]) if content else None
    if found in _PICTURES:
        with _reading:
            return _picture(content, found)
    if found == "application/pdf":
        return _pdf(content), found
    return content, mime_type


def _picture(content: bytes, mime_type: str) -> tuple[bytes, str]:
    try:
        with Image.open(BytesIO(content), formats=_PICTURES[mime_type]) as image:
            if image.width * image.height > MOST_PIXELS:
                raise RejectedMessage("a picture with too many pixels", code=UNREADABLE)
            image.seek(0)
            image.load()
            return _written(image)
    except RejectedMessage:
        raise
    except Exception as error:
        # Broken pictures raise whatever the decoder stumbled over.
        if mime_type in _REPAIRS:
            return _REPAIRS[mime_type](content), mime_type
        raise RejectedMessage("a picture that cannot be read", code=UNREADABLE) from error


def _written(image: Image.Image) -> tuple[bytes, str]:
    out = BytesIO()
    profile = image.info.get("icc_profile")
    if image.format == "JPEG" and not profile and image.mode in ("L", "RGB", "CMYK"):
        # The same quantisation tables: nothing visible changes, and the turn stays a mark.
        image.save(out, "JPEG", quality="keep", exif=_turned_only(image), comment=b"")
        return out.getvalue(), "image/jpeg"
    options: dict[str, Any] = {}
    if isinstance(image, JpegImagePlugin.JpegImageFile):
        options["subsampling"] = JpegImagePlugin.get_sampling(image)
    upright = _bare(_plain_colours(ImageOps.exif_transpose(image), profile))
    if image.format == "WEBP":
        upright.save(out, "WEBP", quality=_HIGH_QUALITY)
        return out.getvalue(), "image/webp"
    if image.format in ("PNG", "GIF"):
        upright.save(out, "PNG")
        return out.getvalue(), "image/png"
    if upright.mode not in ("L", "RGB", "CMYK"):
        upright = upright.convert("RGB")
    upright.save(out, "JPEG", quality=_HIGH_QUALITY, **options)
    return out.getvalue(), "image/jpeg"


def _turned_only(image: Image.Image) -> bytes:
    """Give EXIF that says nothing but which side is up; empty when it is up already."""
    turned = image.getexif().get(_ORIENTATION)
    if turned not in range(2, 9):
        return b""
    exif = Image.Exif()
    exif[_ORIENTATION] = turned
    return exif.tobytes()


def _plain_colours(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Give the picture in sRGB, so that its own profile, which names the camera, can go."""
    if not profile or image.mode not in ("L", "RGB", "CMYK", "RGBA"):
        return image
    try:
        own = ImageCms.ImageCmsProfile(BytesIO(profile))
        target = "RGB" if image.mode == "CMYK" else image.mode
        if image.mode == "L":
            return image
        done = ImageCms.profileToProfile(
            image, own, ImageCms.createProfile("sRGB"), outputMode=target
        )
    except (ImageCms.PyCMSError, OSError):
        return image  # a broken profile: colours may be a little off
    return done or image


def _bare(image: Image.Image) -> Image.Image:
    """Give a copy that carries nothing but its pixels and what is see-through."""
    bare = image.copy()
    bare.info = {
        name: value for name, value in image.info.items() if name in ("transparency", "background")
    }
    return bare


def _pdf(content: bytes) -> bytes:
    if len(content) > LARGEST_PDF_BYTES:
        return content
    # Beside this process: a hostile file may take all time and memory it is given.
    command = [sys.executable, "-m", "izin.storage.pdf_metadata"]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=PDF_SECONDS)
    except (subprocess.TimeoutExpired, OSError) as error:
        log.warning("pdf_metadata_kept", reason=type(error).__name__)
        return content
    if done.returncode != 0 or not done.stdout.startswith(b"%PDF"):
        log.info("pdf_metadata_kept", reason=f"exit {done.returncode}")
        return content
    return done.stdout
