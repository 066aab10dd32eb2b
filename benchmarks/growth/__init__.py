"""Measures whether the house stays as quick when all in it grows a hundred times and more."""
