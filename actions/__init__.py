"""The action server: answers of our use cases, called by Rasa through rasa-sdk."""

from actions.slim_sdk import import_slim

import_slim()  # before any module of ours names rasa-sdk
