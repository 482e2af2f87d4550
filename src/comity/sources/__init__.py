"""What arrives: one file a format, from bytes to sightings."""
