"""Content out to files, and in from files: read, shown, confirmed, approved."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import Response

from console.conversations.uploads import CUT, LARGEST_FILE_BYTES
from console.door import session_of
from console.editing.content_words import ContentWords
from console.editing.file_page import FilePages
from console.editing.file_reading import FileReader, ReadFile
from console.editing.file_writing import ContentWriter
from console.house import House
from console.pages import see_other, with_headers
from console.programs import CHECKOUT
from console.routes import Routes
from console.sheet_files import XLSX_TYPE
from izin import content
from izin.accounts import Permission
from izin.content_imports import FileProblem
from izin.errors import Conflict, InvalidInput, NotFound, Unpublishable
from izin.ports.content_imports import ContentImports
from izin.storage.content_files.folder import export_folder
from izin.storage.content_files.zipped import zipped
from izin.usecases.import_content import (
    ChangedMeanwhile,
    ImportContent,
    NotFit,
    OpenElsewhere,
)
from ops.journeys import saving

BASE = "/isi/berkas"
DATA = CHECKOUT / "data"
"""The release's own data files, which an export changes where content changed."""

SETS = {
    "semua": content.KINDS,
    "tanya-jawab": (content.FAQ,),
    "katalog": (
        content.PERMIT, content.AMBIGUOUS_TERM, content.LEGACY_NAME, content.ACTIVITY,
        content.FEE_TABLE, content.STATUS_LABEL, content.COMPLAINT_CLASS,
        content.COMPLAINT_CATEGORY,
    ),
    "kantor": (content.OFFICE, content.HOLIDAY, content.PLACE, content.UNIT, content.CANNED),
}  # fmt: skip
"""What can be downloaded, by its name in the address."""

Words = Annotated[str, Form()]


def router(house: House, imports: ContentImports) -> APIRouter:
    """Serve ``/isi/berkas``."""
    routes = Routes(BASE)
    use = ImportContent(house.content, imports, house.edit_content, house.clock)
    _add_start(routes, house, use)
    _add_confirming(routes, house, use)
    _add_approving(routes, house, use)
    return routes.router


def _add_start(routes: Routes, house: House, use: ImportContent) -> None:
    own = Permission.CONTENT
    reader, pages = FileReader(house.content, house.wording), FilePages(house, use)

    @routes.get("", own)
    def start(request: Request) -> Response:
        return pages.start(request)

    @routes.get("/unduh/{name}.{form}", own)
    def export(request: Request, name: str, form: str) -> Response:
        if name not in SETS or form not in ("xlsx", "zip", "yaml"):
            raise NotFound(f"{name}.{form}")
        made = _export(house, name, form)
        with house.one_commit():
            house.record(session_of(request).account, "isi.ekspor", "berkas", name, format=form)
        day = house.clock().astimezone(house.office.office().zone).date().isoformat()
        ending = "zip" if form == "yaml" else form
        kind = "data" if form == "yaml" else name
        answer = Response(made, media_type=XLSX_TYPE if form == "xlsx" else "application/zip")
        answer.headers["Content-Disposition"] = f'attachment; filename="isi-{kind}-{day}.{ending}"'
        return with_headers(answer)

    @routes.post("", own, files=True)
    def upload(request: Request, file: Annotated[UploadFile | None, File()] = None) -> Response:
        if request.scope.get(CUT):
            most = LARGEST_FILE_BYTES // 1024 // 1024
            problem = FileProblem("too_large", values={"most": most})
            return pages.start(request, file.filename if file else "", ReadFile((), [problem]))
        if file is None or not file.filename:
            return pages.start(request, missing=True)
        given = file.file.read()
        found = reader.read(file.filename, given)
        if found.problems:
            return pages.start(request, file.filename, found)
        account = session_of(request).account
        with house.one_commit():
            waiting = use.keep(account, file.filename, given, found.items, found.notes)
            house.record(
                account, "isi.impor", "impor", waiting.id, butir=len(found.items),
                sidik=waiting.digest,
            )  # fmt: skip
        return see_other(f"{BASE}/{waiting.id}")


def _add_confirming(routes: Routes, house: House, use: ImportContent) -> None:
    own = Permission.CONTENT
    pages = FilePages(house, use)

    @routes.get("/{import_id}", own)
    def preview(request: Request, import_id: str, tampil: str = "", dari: int = 0) -> Response:
        return pages.one(request, use.waiting(import_id), tampil, max(0, dari))

    @routes.post("/{import_id}", own)
    def confirm(
        request: Request, import_id: str, seen: Words = "", submit: Words = "", skip: Words = ""
    ) -> Response:
        account = session_of(request).account
        waiting = use.waiting(import_id)
        try:
            with house.one_commit():
                made = use.confirm(
                    import_id, seen, account, submit=bool(submit), skip_open=bool(skip)
                )
                if waiting.applied_at is None:
                    house.record(
                        account, "isi.impor_draf", "impor", import_id, draf=len(made),
                        diajukan=bool(submit),
                    )  # fmt: skip
        except OpenElsewhere:
            return pages.one(request, waiting, conflict="open")
        except ChangedMeanwhile:
            return pages.one(request, waiting, conflict="changed")
        except NotFit as error:
            words = ContentWords(house)
            unfit = [
                (name, sentence, part)
                for name, problem in error.problems
                for _, sentence, part in words.problems([problem])
            ]
            return pages.one(request, waiting, conflict="unfit", unfit=unfit)
        return see_other(f"{BASE}/{import_id}")

    @routes.post("/{import_id}/batal", own)
    def drop(request: Request, import_id: str) -> Response:
        waiting = use.waiting(import_id)
        if waiting.applied_at is None:
            with house.one_commit():
                use.imports.drop(import_id)
                house.record(session_of(request).account, "isi.impor_batal", "impor", import_id)
        return see_other(BASE)


def _add_approving(routes: Routes, house: House, use: ImportContent) -> None:
    pages = FilePages(house, use)

    @routes.post("/{import_id}/setujui", Permission.CONTENT)
    def approve(request: Request, import_id: str) -> Response:
        account = session_of(request).account
        try:
            with house.one_commit():
                done = use.approve_all(import_id, account)
                house.record(account, "isi.impor_terbit", "impor", import_id, terbit=len(done))
        except Unpublishable:
            return pages.one(request, use.waiting(import_id), conflict="unapproved")
        except (Conflict, InvalidInput):
            return pages.one(request, use.waiting(import_id), conflict="moved")
        return see_other(f"{BASE}/{import_id}")


def _export(house: House, name: str, form: str) -> bytes:
    if form == "yaml":
        files = export_folder(DATA, house.content)
        files |= saving.files(house.journeys.journeys(active_only=True))
        return zipped({f"data/{path}": inner for path, inner in files.items()})
    items = {kind: house.content.items(kind) for kind in SETS[name]}
    writer = ContentWriter(house.wording)
    return writer.workbook(items) if form == "xlsx" else writer.archive(items)
