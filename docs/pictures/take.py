"""Takes the pictures of the guides: ``python docs/pictures/take.py [console address]``.

Needs Debian's chromium and a demo that runs (`make run`): every picture shows its people and
conversations, nobody real. A guide's picture list stands in SHOTS; the files lie beside this one.
"""

from __future__ import annotations

import io
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).resolve().parent
WIDE, PHONE = (1120, 760), (390, 760)
COLOURS = 128
"""A page has few colours: a palette keeps a picture below 100 KB."""

OFFICER = ("petugas", "petugas-loket-contoh")
SUPERVISOR = ("penyelia", "penyelia-meja-contoh")
EDITOR = ("penyunting", "penyunting-isi-contoh")

Act = Callable[[Page], object]


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: who looks, where, and what is done before it is taken."""

    name: str
    who: tuple[str, str]
    path: str
    size: tuple[int, int] = WIDE
    act: Act | None = None


def first(link: str) -> Act:
    """Open the first link of a page that leads below an address."""

    def act(page: Page) -> None:
        found = page.locator(f'main a[href^="{link}"]').first
        page.goto(page.url.split("/", 3)[0] + "//" + page.url.split("/", 3)[2]
                  + str(found.get_attribute("href")))  # fmt: skip

    return act


def closing(page: Page) -> None:
    """Open a complaint where it is worked on."""
    first("/pengaduan/ADU")(page)
    page.locator("main details summary").first.click()
    page.locator("main details").first.scroll_into_view_if_needed()


def handed_in(page: Page) -> None:
    """Change an answer a little and hand it in."""
    answer = page.get_by_label("Jawaban", exact=True)
    if "nomor antrean daring" not in answer.input_value():
        answer.fill(answer.input_value() + " Ada juga nomor antrean daring.")
        page.get_by_role("button", name="Simpan dan ajukan").click()
        page.wait_for_url("**/isi/versi/**")


def tried(page: Page) -> None:
    """Ask a question in the sandbox."""
    page.get_by_role("button", name="Mulai bercakap").click()
    page.locator("#coba-teks").wait_for()
    page.locator("[data-tryout-state=starting]").wait_for(state="detached", timeout=180_000)
    page.fill("#coba-teks", "syarat slf apa aja min")
    page.press("#coba-teks", "Enter")
    page.locator(".bubble.theirs").first.wait_for(timeout=60_000)


SHOTS = (
    Shot("petugas-kotak-masuk", OFFICER, "/percakapan?antrean=tanpa_petugas"),
    Shot("petugas-kotak-masuk-ponsel", OFFICER, "/percakapan?antrean=tanpa_petugas", PHONE),
    Shot(
        "petugas-percakapan", OFFICER, "/percakapan?antrean=tanpa_petugas",
        act=first("/percakapan/"),
    ),
    Shot("petugas-pengaduan", OFFICER, "/pengaduan"),
    Shot("petugas-aduan", OFFICER, "/pengaduan", act=first("/pengaduan/ADU")),
    Shot("petugas-menutup-aduan", OFFICER, "/pengaduan", act=closing),
    Shot("petugas-akun-saya", OFFICER, "/akun-saya"),
    Shot("penyelia-dasbor", SUPERVISOR, "/dasbor"),
    Shot("penyelia-laporan", SUPERVISOR, "/laporan"),
    Shot("penyunting-tanya-jawab", EDITOR, "/isi/tanya-jawab/oss_lupa_sandi"),
    Shot("penyunting-versi", EDITOR, "/isi/tanya-jawab/tanpa_antre", act=handed_in),
    Shot("penyunting-ringkasan", SUPERVISOR, "/isi"),
    Shot("penyunting-izin", EDITOR, "/isi/katalog/PBG"),
    Shot("penyunting-kantor", EDITOR, "/isi/kantor"),
    Shot("penyunting-belajar", EDITOR, "/isi/belajar"),
    Shot("penyunting-model", EDITOR, "/isi/model"),
    Shot("penyunting-coba", EDITOR, "/isi/coba", act=tried),
    Shot("penyunting-wawasan", EDITOR, "/isi/wawasan"),
    Shot("penyunting-berkas", EDITOR, "/isi/berkas"),
)  # fmt: skip


def take(browser: Browser, address: str, shot: Shot) -> None:
    """Take one picture."""
    width, height = shot.size
    context = browser.new_context(viewport={"width": width, "height": height}, locale="id-ID")
    page = context.new_page()
    page.goto(f"{address}/masuk")
    page.fill("input[name=login]", shot.who[0])
    page.fill("input[name=password]", shot.who[1])
    page.click("main button[type=submit], main form button")
    page.wait_for_load_state()
    page.goto(address + shot.path)
    if shot.act is not None:
        shot.act(page)
    page.wait_for_timeout(400)  # the live line has spoken
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    picture.quantize(COLOURS).save(HERE / f"{shot.name}.png", optimize=True)
    context.close()


def main() -> int:
    """Take every picture whose name begins with the second argument, or all."""
    address = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8090"
    wanted = sys.argv[2] if len(sys.argv) > 2 else ""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for shot in SHOTS:
            if shot.name.startswith(wanted):
                take(browser, address, shot)
                print(shot.name)
        browser.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
