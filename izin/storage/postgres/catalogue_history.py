"""What changed about a permit, on our own PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Engine, and_, func, or_, select

from izin.content import FAQ, FEE_TABLE, PERMIT, ContentVersion
from izin.storage.postgres.content_rows import version_of
from izin.storage.postgres.engine import transaction
from izin.storage.tables.editing import content_versions

_row = content_versions.c


class PostgresCatalogueHistory:
    """``izin.ports.catalogue_history.CatalogueHistory`` on our own PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        """Take the engine; every call is one transaction."""
        self._engine = engine

    def of_permit(
        self, code: str, fee_tables: Sequence[str], limit: int, offset: int = 0
    ) -> Sequence[ContentVersion]:
        """Give versions of a permit, of FAQ entries that belong to it and of its fee tables."""
        of_it = or_(
            and_(_row.kind == PERMIT, _row.key == code),
            and_(_row.kind == FAQ, _row.document.contains({"permits": [code]})),
            and_(_row.kind == FEE_TABLE, _row.key.in_(list(fee_tables))),
        )
        newest = func.coalesce(_row.published_at, _row.changed_at).desc()
        query = (
            select(content_versions)
            .where(of_it)
            .order_by(newest, _row.number.desc(), _row.id)
            .limit(limit)
            .offset(offset)
        )
        with transaction(self._engine) as connection:
            return [version_of(row) for row in connection.execute(query)]
