"""Content as tables and as data files, and back."""
