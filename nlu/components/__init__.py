"""The only code of ours that touches Rasa: components, channel, tracker store, launcher."""
