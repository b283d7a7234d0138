"""What reception decides, apart from any database.

visit      the steps of a visit, what each allows and stamps
plan       one practitioner's day as reception sees it
lateness   how late she runs and when the next ones are likely to pass
turn       who comes next, and why
"""
