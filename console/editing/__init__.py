"""Parts of the editors' pages: forms, differences, previews."""
