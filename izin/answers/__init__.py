"""Answers in words: pure composition of replies from the nouns and the wording."""
