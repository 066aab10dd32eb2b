"""The audit log as the command line writes and checks it: with the key of `tanya up`."""

from __future__ import annotations

import os
from collections.abc import Mapping

from sqlalchemy import Engine

from izin.settings import audit_months
from izin.storage.postgres.audit import PostgresAuditLog
from ops.kept_key import kept_key
from ops.settings import OpsSettings

AUDIT_KEY = "TANYA_AUDIT_KEY"


def audit_log(
    settings: OpsSettings, engine: Engine, environment: Mapping[str, str] | None = None
) -> PostgresAuditLog:
    """The audit log under the key of the environment, else under the one kept on this machine.

    A key is drawn and kept if there is none yet, as `tanya up` would.
    """
    env = os.environ if environment is None else environment
    key = env.get(AUDIT_KEY) or kept_key(settings.var / "secrets" / "audit-key")
    return PostgresAuditLog(engine, key, audit_months(env))
