"""Facts told to others through the outbox. Payloads hold ids, never a name."""

PATIENTS_IMPORTED = "patients.imported"  # run: many patients came in at once
