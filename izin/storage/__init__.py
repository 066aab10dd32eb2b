"""The ports of ``izin.ports`` on PostgreSQL, the permit registry, and all of them in memory."""
