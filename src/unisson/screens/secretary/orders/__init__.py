"""The command line of the desk: a line typed, what it means, and the act it leads to.

`rules` reads the line and knows no database; the views find whom and when it is
about, show it before anything happens, and hand the act over to the agenda and
reception.
"""
