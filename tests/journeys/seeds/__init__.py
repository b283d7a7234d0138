"""Practices for the journeys, each founded by a process of its own."""
