"""The first pages of a new installation: from nothing to a practice that works.

Usable only while no practice exists, from the server itself or with the code
that `unisson init` and `unisson serve` print. What is typed waits in the
session, step by step, and is created in one go at the end.
"""
