"""Pure decisions of the phone: no Django, no clock, no database."""
