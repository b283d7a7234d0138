"""Coming from another program: its patients and its agenda, without losing or inventing anything.

A file is read and shown first (a dry run: what is new, already there, refused
and why), then brought in whole or not at all; brought in twice, it changes
nothing the second time. The command line and the browser use the same actions.
"""
