"""The office's own rules: nouns, use cases and ports. Pure Python."""
