"""Our house and stock Rasa under the same load: how many turns, how fast, at what cost."""
