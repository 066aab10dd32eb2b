"""Reads a PDF from standard input and writes it without metadata to standard output.

Exit status 3 when it must stay as it is: encrypted, or signed (a signature would break).
"""

from __future__ import annotations

import logging
import resource
import sys
from io import BytesIO

from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject

MEMORY_BYTES = 1024 * 1024 * 1024
CPU_SECONDS = 10
UNTOUCHED = 3

_SAYING_WHO = ("/Metadata", "/PieceInfo", "/LastModified")


def rewritten(content: bytes) -> bytes | None:
    """Give the document without author, program, dates and XMP; None when it must stay."""
    reader = PdfReader(BytesIO(content), strict=False)
    if reader.is_encrypted or _is_signed(reader):
        return None
    writer = PdfWriter(clone_from=reader)
    writer.metadata = None
    for item in writer._objects:
        if isinstance(item, DictionaryObject):
            for name in _SAYING_WHO:
                if NameObject(name) in item:
                    del item[NameObject(name)]
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def _is_signed(reader: PdfReader) -> bool:
    form = reader.root_object.get("/AcroForm")
    form = form.get_object() if form is not None else None
    return bool(form and int(form.get("/SigFlags", 0)) & 1)


def main() -> int:
    """Rewrite standard input; gives the exit status."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    done = rewritten(sys.stdin.buffer.read())
    if done is None:
        return UNTOUCHED
    sys.stdout.buffer.write(done)
    return 0


if __name__ == "__main__":
    sys.exit(main())
