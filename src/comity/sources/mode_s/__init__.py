"""Mode S: what aircraft say by their transponders (ICAO Annex 10, volume IV; RTCA DO-260B)."""
