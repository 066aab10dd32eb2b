"""The shapes of the data files and the nouns they become.

Every shape is strict: an unknown key, a missing key or a value of another type is an error
that names the key. Keys are the catalogue's own; see ``data/README.md``.
"""
