"""Comity: see together, share under signed agreements, act jointly and prove it, each keeping its own data."""
