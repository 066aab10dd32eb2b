"""One module a room: its routes, each with the permission it asks for."""
