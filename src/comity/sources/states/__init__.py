"""State vectors: what networks of ADS-B receivers have put together of each aircraft."""
