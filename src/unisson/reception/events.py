"""News reception tells the storeys above."""

RECEPTION_CHANGED = "reception.changed"
"""Somebody arrived, was taken to a room, called in, left, or a step was taken back.

Payload: `practitioner_ids`, `dates` (ISO), `appointment_id`, `state` (the one
it now is in), `by` (the id of the account that did it, or None).
"""
