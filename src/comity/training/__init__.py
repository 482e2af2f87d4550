"""Rehearsing: worlds with ground truth, of things and parties, never of identified persons."""
