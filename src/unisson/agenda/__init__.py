"""Who receives whom, when, where and for what.

The secretary finds a free slot, books it, moves it, cancels it, marks an
absence, and takes back what she did by mistake. Free slots are computed from
opening hours and what is taken, never stored; the database has the last word
against taking a practitioner, a room or a machine twice.
"""
