"""What decides on the agenda: pure, no database, no clock.

Instants are whole minutes since 1970 in UTC (`Minute`), so that arithmetic on
them is exact whatever the wall clock does. `wall` is the only file that knows
the clock of Paris.
"""
