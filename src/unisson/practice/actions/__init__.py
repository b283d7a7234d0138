"""Everything that writes the practice: the house, its staff, and who is signed in.

from unisson.practice.actions import house, staff, sessions
"""
