"""Our language model and stock Rasa, measured by the same code on the same data."""
