"""What the office does for a citizen, one module per job."""
