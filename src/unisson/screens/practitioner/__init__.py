"""The practitioner's own page: her day, who waits, and one key to call the next one in."""
