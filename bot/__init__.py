"""The gateway: channels in, ordered turns, answers out."""
