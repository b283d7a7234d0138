"""Who the patients are: identity, contacts, people who act for them, coverage.

The secretary finds the right person in a second, creates one only after seeing
who is near, keeps contacts and coverage true, and joins duplicates in two
steps that can be undone. Never the wrong person: homonyms and twins are marked.
"""
