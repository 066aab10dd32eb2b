"""The web console of officers, supervisors, editors and administrators."""
