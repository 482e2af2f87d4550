"""The store: PostgreSQL, and the only place of ours that knows SQL."""
