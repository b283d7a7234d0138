"""Decisions about accounts and keys: no database, no clock."""
