"""ASTERIX: what radars, trackers and ADS-B ground stations hand on (EUROCONTROL-SPEC-0149)."""
