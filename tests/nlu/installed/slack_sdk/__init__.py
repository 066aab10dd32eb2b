"""Stands for a package that is really installed."""

REAL = True
