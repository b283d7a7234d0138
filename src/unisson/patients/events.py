"""Facts told to others through the outbox. Payloads hold ids, never a name."""

CREATED = "patients.created"  # patient_id
CHANGED = "patients.changed"  # patient_id
MERGED = "patients.merged"  # kept_id, absorbed_id
UNMERGED = "patients.unmerged"  # kept_id, absorbed_id
