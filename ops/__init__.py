"""Running Tanya Izin: command line, process supervision, embedded PostgreSQL, demo data."""
