"""Who is here, who waits, who is in, and how late each practitioner runs.

The secretary notes an arrival, a room, a departure; the practitioner calls the
next one in. Every step is stamped and can be taken back. Absent and excused are
the agenda's words, not steps of a visit: reception only guards them.
"""
