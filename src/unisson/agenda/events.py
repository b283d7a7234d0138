"""News the agenda tells the storeys above."""

AGENDA_CHANGED = "agenda.changed"
"""Something on the grid changed.

Payload: `practitioner_ids`, `dates` (ISO, every day that shows a difference),
`appointment_id` (None when the news is not about one appointment).
"""
