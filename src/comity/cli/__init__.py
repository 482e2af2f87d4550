"""Faces for people at a terminal: one file a group of commands. No rule of the field lives here."""
