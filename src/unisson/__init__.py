"""Unisson: software for a French medical secretariat."""
