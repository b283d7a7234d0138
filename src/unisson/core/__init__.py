"""What every module stands on, and nothing about medicine.

The clock, who may do what, the audit trail, the outbox and its live feed,
locks, text search. Imports nothing from the rest of Unisson.
"""
