"""The house itself: sites, rooms and machines, practitioners, staff and roles.

The practice manager sets it up once and changes it now and then. Everything
that can be taken for a while (a practitioner, a room, a machine) is a Resource.
"""
