"""Faces for programs: what the agency's own people and the partners' nodes call. No rule of the field lives here."""
