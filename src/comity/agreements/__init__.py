"""What is allowed: signed agreements, the permit that decides each release, the safeguards none lifts."""
