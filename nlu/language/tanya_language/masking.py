"""Personal data hidden before a text reaches a log or a page."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from typing import get_args

from lokal import Samaran
from lokal.samaran import PiiType

_TYPES = (
    "NIK",
    "KK",
    "NPWP",
    "PASSPORT",
    "SIM",
    "NIP",
    "BPJS",
    "PHONE",
    "EMAIL",
    "BANK_ACCOUNT",
    "CARD",
)
_LABELS = frozenset(get_args(PiiType))
_NUMBERED = re.compile(r"\[([A-Z_]+)_\d+\]")
# Application numbers and tickets are no personal data and staff need them.
_KEPT = re.compile(
    r"(?i)(?<!\w)(?:(?:sk-)?(?:pbg|slf|imb|sbkbg|rtb)[ /.-]?\d{6}[ /.-]?\d{8}(?:[ /.-]?\d{1,3})?"
    r"|503\s?[/-]\s?\d{1,6}\s?[/-]\s?[a-z_]+\s?[/-]\s?\d{2,4}|adu-[0-9a-z]{4}-[0-9a-z]{2})(?!\w)"
)
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")
_LONG_DIGITS = re.compile(r"(?<![\d/])\d(?:[ .-]?\d){8,24}(?!\d)")


def mask_personal_data(text: str) -> str:
    """Return ``text`` with personal numbers and addresses replaced by names of their kind.

    Hidden are NIK, family card, NPWP, passport, driving licence, NIP, BPJS, telephone, e-mail,
    bank account and card numbers ("[NIK]", "[PHONE]"), and any other run of nine or more digits
    ("[NUMBER]"). Application numbers and tickets stay. Never raises; linear time.
    """
    parts: list[str] = []
    last = 0
    for kept in _KEPT.finditer(text):
        parts.append(_masked(text[last : kept.start()]))
        parts.append(kept.group())
        last = kept.end()
    parts.append(_masked(text[last:]))
    return "".join(parts)


def _masked(text: str) -> str:
    if not text:
        return text
    hidden = Samaran(types=_TYPES).mask(text).text  # type: ignore[arg-type]
    hidden = _NUMBERED.sub(
        lambda match: f"[{match[1]}]" if match[1] in _LABELS else match[0], hidden
    )
    return _LONG_DIGITS.sub("[NUMBER]", _EMAIL.sub("[EMAIL]", hidden))


_WORD = r"[^\W\d_][\w'’.-]*"
_MONTH = (
    "jan(?:uari)?|feb(?:ruari)?|mar(?:et)?|apr(?:il)?|mei|jun[i]?|jul[i]?|agu(?:stus)?|ags"
    "|sep(?:t|tember)?|okt(?:ober)?|nov(?:ember)?|des(?:ember)?"
)
_DAY = (
    rf"\d{{1,2}}\s?(?:[/. -]|\s(?:{_MONTH})\s|-(?:{_MONTH})-)\s?(?:\d{{1,2}}\s?[/. -]\s?)?\d{{2,4}}"
)
_BORN = re.compile(
    rf"(?i)\b(?:(?:tempat|tgl|tanggal)[\s,/&]*)*(?:lahir(?:nya)?|ttl|dob|kelahiran)\b"
    rf"[^\n\d\[]{{0,40}}(?:{_DAY}|(?:19|20)\d\d)"
)
_OLD_DAY = re.compile(r"(?<!\d)\d{1,2}[/.-]\d{1,2}[/.-](?:19\d\d|200\d)(?!\d)")
_INTRODUCED = re.compile(
    r"(?i)(?<!\w)(?:(?:nama|nm)(?:nya)?(?:\s+(?:saya|sy|aku|ku|lengkap|pemohon|pemilik|suami|istri"
    r"|ibu|ayah|bapak|anak|asli|di ktp|sesuai ktp))*\s*(?:adalah|itu|yaitu|[:=,-])*"
    r"|a[./]\s?n\.?(?!\w)|an\.|atas\s+nama\s*(?:saya|pemohon|pemilik)?\s*[:=]?"
    r"|perkenalkan(?:\s+(?:saya|nama|nama saya))*|dengan\s+saya|ttd\.?)(?!\w)\s*"
)
_TITLE = re.compile(
    r"(?i)(?<!\w)(?:pak|pk|bu|bapak|bpk|ibu|sdr|sdri|saudara|saudari|mas|mbak|mba|kang|teh|bang"
    r"|kak|om|tante|ust|ustadz?|ustad|hj|haji|hajah|drg?|ir|gus|cak|pakde|bude)(?:\.\s*|\s+)"
)
_STREET = re.compile(
    r"(?i)(?<!\w)(?:jl|jln|gg|gang|perum|perumahan|komplek|kompleks|kp|dsn|dusun)(?!\w)\.?"
    r"\s*(?:[\w'’.-]+[ ,]+){0,5}?(?:no|nomor|nmr|blok|rt|rw|km)\.?\s*[a-z]?\s?\d+[a-z]?"
    r"(?:\s*[/.,-]?\s*(?:rt|rw|no|blok)?\.?\s*\d{1,4})*"
    r"|(?<!\w)(?:jl|jln|gg)(?:\.\s*|\s+)[\w'’.-]+(?:\s+\d+[a-z]?)?"
    r"|(?<!\w)(?:dusun|dsn|dukuh|gang)\.?\s+(?!(?:kami|saya|sy|aku|kita|sebelah|sempit|kecil|buntu|depan"
    r"|belakang|itu|ini|yang|yg|di|ke|dan|masuk|rumah)(?!\w))[a-z'’]{3,}(?:\s+\d+[a-z]?)?"
    r"|(?<!\w)jalan\s+(?:[\w'’.-]+[ ,]+){1,5}?(?:no|nomor|nmr|rt|rw|km)\.?\s*\d+[a-z]?"
    r"|(?<!\w)rt\.?\s*\d{1,3}(?:\s*[/,. -]?\s*(?:rw\.?)?\s*\d{1,3})?"
    r"|(?<!\w)rw\.?\s*\d{1,3}"
    r"|(?<!\w)blok\s+[a-z]{1,2}\s?[-/]?\s?\d{1,3}(?!\w)"
)
_PLATE = re.compile(
    r"(?i)(?<![\w/-])(?:a[abdeg]?|b[abdeghklmnp]?|cc|cd|d[abcdeghklmnprstw]?|e[abd]?|f|g|h"
    r"|k[bhtu]?|l|m|n|p[ab]?|r|s|t|w|z)[ -]?\d{1,4}[ -]?"
    r"(?!(?:m|m2|ha|cm|kg|jt|rb|th|thn|are|org|x|k|an|hr|km|hp|lt|unit|ok|ya|di|ke|pt|cv|ini"
    r"|itu|dan|yg|apa|bu|pak|kak|kah|pcs|ton|kwh|kva)(?!\w))[a-z]{1,3}(?![\w/-])"
)
_SECRET = re.compile(
    r"(?i)(?<!\w)((?:kode\s+)?otp|pin|password|pasword|kata\s+sandi|sandi)(?:nya|\s+(?:saya|ku|sy))?"
    r"(\s*(?:adalah|yaitu|itu|[:=])?\s*)(?=\S*\d)\S+"
)
_HANDLE = re.compile(r"(?<![\w@])@\w{3,40}")
_LINK = re.compile(r"(?i)(?<!\w)(?:https?://|www\.)\S+")
_MOST_NAME_WORDS = 4

_FREQUENT_NAMES_TEXT = (
    "abdul ade adi aditya agung agus ahmad aisyah ali andi andri ani anis anton arif asep ayu"
    " bagus bambang budi cahyo citra dadang dani dedi deni desi dewi dian diana didik dimas dina"
    " dwi edi eka eko endang eny fajar farid fatimah fitri galih gunawan hadi hana hari hartono"
    " hasan hendra heri herman ida iis ika imam indah indra irfan irma iwan jaya johan joko juli"
    " kartika kurnia lestari lia lina lukman made maman maria maya mega mila muhammad mulyono"
    " nanang nani neneng ningsih nisa novi nur nurul oki prasetyo puji putra putri putu rahmat"
    " ratna rendra reni retno ridwan rina rini rizki rizky rudi rukmini sandi santi santoso sari"
    " setiawan siti slamet sri suharto sukarno sulastri sumiati supri supriyadi suryadi susanti"
    " susi sutrisno suwarno taufik teguh titin toni tono tri udin umar utami wahyu wati wawan"
    " widodo wulan yanti yanto yayuk yoga yudi yuli yuni yusuf zaenal zainal"
)
_FREQUENT_NAMES = frozenset(_FREQUENT_NAMES_TEXT.split())
_ORDINARY_TEXT = (
    "ada adalah admin agar aja akan aku alamat anak anda apa apabila apakah asal atas atau awal"
    " bagai bagaimana bagian bahwa baik bangun bangunan bantu banyak bapa bapak baru bayar belum"
    " benar berapa berkas besar besok biar biaya bikin bilang bisa boleh bu buat buka bukan buku"
    " bulan camat cara cek cepat cuma daftar dalam dan dapat dari datang dateng dengan di dia"
    " dimana dinas dong dulu ga gak gimana gmn gmna guru hamil hari harus hasil ibu ijin ikut ingin"
    " ini itu iya izin jadi jam jangan jika juga kades kadis kalau kalo kami kampung kan kantor"
    " kapan karena karyawan kasih kata ke kec kecamatan kenapa kepala kerja ketua kita kl klo"
    " kota ktp lagi lah lain lama lapor lewat lho loh lurah maaf mah mana masih masuk mau"
    " melalui membuat mengenai mengurus menteri menunggu menyusui mereka minta mo mohon"
    " mudah nah nanti nggak nib nya nyusui nyusuin oleh orang oss pada pagi pak paling panjang"
    " para pbg pegawai pemilik pemohon"
    " pengen perlu permisi pernah perpanjang persyaratan perusahaan petugas polisi punya putusan"
    " rt rumah rw saat saja sama sampai sangat satpam satu saya sb sd sdh sebagai sebelum sebuah"
    " sedang sehat sekarang selamat semua sendiri seperti siang siapa sini situ slf sore sosial"
    " status suami sudah supaya surat sy syarat tadi tahu tangga tanya tapi tau telah tempat"
    " tentang terima terus tetangga tidak tinggal tlg toko tolong tp tua tunggu udah udh untuk"
    " usaha utk waktu wali warga warung ya yaa yah yang yg"
)
_ORDINARY = frozenset(_ORDINARY_TEXT.split())


def mask_people(text: str, known: Collection[str] = ()) -> str:
    """Return ``text`` for eyes that have nothing to do with its citizen: nobody can be known.

    Beside what :func:`mask_personal_data` hides, this hides names after "nama saya", "atas
    nama", "a.n." and titles ("pak", "bu", …), addresses, vehicle plates, dates of birth,
    one-time codes, links, handles and application numbers ("[NAMA]", "[ALAMAT]", "[PLAT]",
    "[LAHIR]", "[KODE]", "[TAUTAN]", "[AKUN]", "[NOMOR]"). It rather hides too much. Never
    raises; linear time.

    Args:
        text: What a citizen wrote.
        known: Words in lower case that are no names, such as those of the catalogue.
    """
    plain = "".join(
        letter for letter in unicodedata.normalize("NFKC", text)
        if unicodedata.category(letter) not in ("Cf", "Co", "Cs", "Mn")
    )[:_MOST_MASKED]  # fmt: skip
    plain = _LINK.sub("[TAUTAN]", _EMAIL.sub("[EMAIL]", plain))
    plain = _SECRET.sub(r"\1\2[KODE]", _BORN.sub("[LAHIR]", plain))
    plain = _KEPT.sub("[NOMOR]", _OLD_DAY.sub("[LAHIR]", plain))
    plain = mask_personal_data(plain)
    plain = _PLATE.sub("[PLAT]", _STREET.sub("[ALAMAT]", plain))
    plain = _HANDLE.sub("[AKUN]", plain)
    ordinary = (_ORDINARY | {word.casefold() for word in known}) - _FREQUENT_NAMES
    plain = _named(plain, _INTRODUCED, _ORDINARY, 0)
    return _named(plain, _TITLE, ordinary, 1)


_MOST_MASKED = 5000
_NAME_WORD = re.compile(rf"\s*({_WORD})")


def _named(text: str, marker: re.Pattern[str], ordinary: Collection[str], most_lower: int) -> str:
    """Hide the words after a marker up to one that is no name.

    With ``most_lower`` names in small letters have so many words, or more frequent names.
    """
    parts: list[str] = []
    last = 0
    for found in marker.finditer(text):
        if found.start() < last:
            continue
        end = _name_end(text, found.end(), ordinary, most_lower)
        if end > found.end():
            parts += [text[last : found.end()], "" if text[found.end() - 1].isspace() else " "]
            parts.append("[NAMA]")
            last = end
    parts.append(text[last:])
    return "".join(parts)


def _name_end(text: str, start: int, ordinary: Collection[str], most_lower: int) -> int:
    end, small = start, 0
    for _ in range(_MOST_NAME_WORDS):
        word = _NAME_WORD.match(text, end)
        if word is None:
            break
        said = word[1].rstrip(".'’-")
        low = said.casefold()
        name = low in _FREQUENT_NAMES or said[:1].isupper()
        if low in ordinary or (most_lower and small >= most_lower and not name):
            break
        small += said.islower()
        end = word.start(1) + len(word[1])
        if text[end : end + 1] in (",", ";", ":", "?", "!", "\n") or word[1] != said:
            end = word.start(1) + len(said)
            break
    return end
