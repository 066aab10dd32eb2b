"""Measures the whole house on this machine: speed, memory and cold start. `make bench`."""
