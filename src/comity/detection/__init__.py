"""What stands out: one rule a file, each a state machine on event time. Plain values in, alerts out."""
