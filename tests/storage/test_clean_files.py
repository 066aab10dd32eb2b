"""A stored file tells nothing its sender does not see in it."""

from __future__ import annotations

import base64
from io import BytesIO
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageCms, ImageOps, ImageStat, PngImagePlugin
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject

from izin.errors import RejectedMessage
from izin.storage import clean_files
from izin.storage.clean_files import without_metadata

HEIC = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAb5tZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAA"
    "AAAAAAAAAAAAADRpbG9jAAAAAERAAAIAAQAAAAAB4gABAAAAAAAAABgAAgAAAAAB+gABAAAAAAAAAG4AAAA4aWlu"
    "ZgAAAAAAAgAAABVpbmZlAgAAAAABAABodmMxAAAAABVpbmZlAgAAAQACAABFeGlmAAAAAA5waXRtAAAAAAABAAAA"
    "/WlwcnAAAADdaXBjbwAAAHZodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMA"
    "AAMAHroCQGEAAQAqQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbq5Ka5uAhoMCAAAAMDIAAAAwAhYgABAAZEAcFzwIkA"
    "AAATY29scm5jbHgAAQANAAaAAAAAFGlzcGUAAAAAAAAAQAAAAEAAAAAoY2xhcAAAAEAAAAABAAAAIAAAAAEAAAAA"
    "AAAAAv///+AAAAACAAAAEHBpeGkAAAAAAwgICAAAABhpcG1hAAAAAAAAAAEAAQWBAgMFhAAAABppcmVmAAAAAAAA"
    "AA5jZHNjAAIAAQABAAAAjm1kYXQAAAAUKAGvBBj4ynHX//MhH5+AuGHSEecAAAAGRXhpZgAATU0AKgAAAAgAAgEP"
    "AAIAAAAIAAAAJoglAAQAAAABAAAALgAAAABTYW1zdW5nAAACAAEAAgAAAAJTAAAAAAIABQAAAAMAAABMAAAAAAAA"
    "AAcAAAABAAAAAQAAAAEAAAACAAAAAQ=="
)
"""64 by 32 pixels of red, with a phone's name and coordinates."""

MAKER = b"Samsung"
GPS = 0x8825
SECRETS = (MAKER, b"Rumah Budi", b"xmp-rahasia", b"di-belakang")


def exif(orientation: int = 1) -> Image.Exif:
    found = Image.Exif()
    found[0x0112] = orientation
    found[0x010F] = MAKER.decode()
    place = found.get_ifd(GPS)
    place[1], place[2] = "S", (7.0, 1.0, 12.0)
    return found


def picture(mode: str = "RGB", size: tuple[int, int] = (48, 32)) -> Image.Image:
    made = Image.new("RGB", size, (30, 60, 90))
    made.paste((200, 30, 30), (0, 0, size[0] // 2, size[1] // 2))  # one corner is red
    return made.convert(mode)


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def opened(content: bytes) -> Image.Image:
    image = Image.open(BytesIO(content))
    image.load()
    return image


def tells_nothing(content: bytes) -> bool:
    image = opened(content)
    known = image.getexif()
    return (
        not any(secret in content for secret in SECRETS)
        and set(known) <= {0x0112}
        and not known.get_ifd(GPS)
        and not {"comment", "xmp", "icc_profile", "Author", "Description"} & set(image.info)
    )


def test_a_jpeg_loses_place_phone_comment_and_what_is_hidden_behind_it() -> None:
    before = saved(picture(), "JPEG", exif=exif(), comment=b"Rumah Budi", xmp=b"<x>xmp-rahasia</x>")
    before += b"di-belakang"
    assert all(secret in before for secret in SECRETS)
    after, mime_type = without_metadata(before, "image/jpeg")
    assert mime_type == "image/jpeg"
    assert tells_nothing(after)


def test_a_jpeg_loses_no_quality_that_can_be_seen() -> None:
    noise = Image.effect_noise((200, 150), 60).convert("RGB")
    before = saved(noise, "JPEG", quality=80, exif=exif())
    after, _ = without_metadata(before, "image/jpeg")
    difference = ImageChops.difference(opened(before), opened(after))
    assert max(ImageStat.Stat(difference).mean) < 1, "of 255"


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_turned_picture_is_still_shown_the_right_way_up(kind: str, orientation: int) -> None:
    before = saved(picture(), kind, exif=exif(orientation))
    after, _ = without_metadata(before, None)
    assert tells_nothing(after)
    shown, now = ImageOps.exif_transpose(opened(before)), ImageOps.exif_transpose(opened(after))
    assert shown.size == now.size
    worst = ImageChops.difference(shown.convert("RGB"), now.convert("RGB")).getextrema()
    assert max(high for _, high in worst) < 40


def test_a_png_loses_its_texts_and_keeps_every_pixel() -> None:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Author", "Rumah Budi")
    texts.add_itxt("XML:com.adobe.xmp", "xmp-rahasia")
    for mode in ("RGB", "RGBA", "L", "P", "1"):
        before = saved(picture(mode), "PNG", pnginfo=texts, exif=exif())
        after, mime_type = without_metadata(before + b"di-belakang", "image/png")
        assert mime_type == "image/png"
        assert tells_nothing(after)
        assert opened(after).tobytes() == opened(before).tobytes()


def test_a_colour_profile_goes_and_colours_stay() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for kind in ("JPEG", "PNG", "WEBP"):
        before = saved(picture(), kind, icc_profile=profile)
        after, _ = without_metadata(before, None)
        assert tells_nothing(after)
        red = opened(after).convert("RGB").getpixel((4, 4))
        assert abs(red[0] - 200) < 12
        assert abs(red[1] - 30) < 12


def test_a_broken_colour_profile_goes_too() -> None:
    after, _ = without_metadata(saved(picture(), "PNG", icc_profile=b"Rumah Budi"), None)
    assert tells_nothing(after)


def test_heic_becomes_jpeg_that_every_browser_shows() -> None:
    assert MAKER in HEIC
    after, mime_type = without_metadata(HEIC, "image/heic")
    assert mime_type == "image/jpeg"
    assert tells_nothing(after)
    assert opened(after).size == (64, 32)


@pytest.mark.parametrize(("kind", "mime_type"), [("GIF", "image/png"), ("WEBP", "image/webp")])
def test_of_a_moving_picture_the_first_frame_stays(kind: str, mime_type: str) -> None:
    frames = [picture("RGB"), Image.new("RGB", (48, 32), (0, 200, 0))]
    options = {"comment": b"Rumah Budi"} if kind == "GIF" else {"exif": exif()}
    before = saved(frames[0], kind, save_all=True, append_images=frames[1:], **options)
    after, found = without_metadata(before, None)
    assert found == mime_type
    assert tells_nothing(after)
    assert getattr(opened(after), "n_frames", 1) == 1


def test_a_picture_bomb_is_refused_before_a_pixel_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clean_files, "MOST_PIXELS", 1000)
    with pytest.raises(RejectedMessage) as refused:
        without_metadata(saved(picture(), "PNG"), "image/png")
    assert refused.value.code == "media_wrong_type"
    bomb = Image.new("1", (20_000, 20_000))
    with pytest.raises(RejectedMessage):
        without_metadata(saved(bomb, "PNG"), "image/png")


@pytest.mark.parametrize("left", [0.3, 0.6, 0.95])
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_photo_cut_off_in_sending_keeps_its_picture_and_loses_the_rest(
    kind: str, left: float
) -> None:
    noise = Image.effect_noise((120, 90), 60).convert("RGB")
    options = {"comment": b"Rumah Budi"} if kind == "JPEG" else {}
    whole = saved(noise, kind, exif=exif(), **options)
    after, _ = without_metadata(whole[: int(len(whole) * left)], None)
    assert not any(secret in after for secret in SECRETS)
    assert len(after) > len(whole) * left / 3 or kind == "PNG"


@pytest.mark.parametrize("content", [b"\xff\xd8\xff", b"\xff\xd8\xff\xe0" + bytes(200),
                                     b"\x89PNG\r\n\x1a\n" + bytes(20)])  # fmt: skip
def test_what_only_begins_like_a_picture_leaves_nothing_but_its_beginning(content: bytes) -> None:
    after, _ = without_metadata(content, None)
    assert content.startswith(after)
    assert len(after) <= 8


def test_a_broken_picture_of_another_type_is_refused() -> None:
    for content in (HEIC[:300], saved(picture(), "WEBP")[:40]):
        with pytest.raises(RejectedMessage):
            without_metadata(content, None)


def pdf(**metadata: str) -> PdfWriter:
    writer = PdfWriter()
    writer.add_blank_page(200, 100)
    writer.add_metadata({f"/{name}": value for name, value in metadata.items()})
    return writer


def written(writer: PdfWriter) -> bytes:
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_pdf_loses_its_author_and_keeps_its_pages() -> None:
    before = written(pdf(Author="Rumah Budi", Creator="Samsung"))
    assert b"Rumah Budi" in before
    after, mime_type = without_metadata(before, "application/pdf")
    assert mime_type == "application/pdf"
    assert not any(secret in after for secret in SECRETS)
    assert len(PdfReader(BytesIO(after)).pages) == 1


def test_an_encrypted_or_signed_pdf_stays_as_it_is() -> None:
    encrypted = pdf(Author="x")
    encrypted.encrypt("", "pemilik")
    signed = pdf(Author="x")
    form = DictionaryObject(
        {NameObject("/Fields"): ArrayObject(), NameObject("/SigFlags"): NumberObject(3)}
    )
    signed.root_object[NameObject("/AcroForm")] = form
    for writer in (encrypted, signed):
        content = written(writer)
        assert without_metadata(content, "application/pdf")[0] == content


def test_a_broken_pdf_stays_as_it_is() -> None:
    content = b"%PDF-1.7\n" + b"x" * 300
    assert without_metadata(content, "application/pdf") == (content, "application/pdf")


def test_other_files_stay_as_they_are() -> None:
    for content, mime_type in ((b"OggS" + bytes(40), "audio/ogg"), (b"", None), (b"teks", None)):
        assert without_metadata(content, mime_type) == (content, mime_type)
