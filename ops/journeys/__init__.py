"""Journeys: conversations an editor can read, played through the running product.

`script` reads them, `player` plays one, `runner` plays many and says what did not hold.
"""
