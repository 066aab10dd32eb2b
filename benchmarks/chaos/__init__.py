"""Proof under faults: many citizens write while everything breaks (`make chaos`)."""
