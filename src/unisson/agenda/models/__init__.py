"""Tables of the agenda, one file a noun.

hours       when a practitioner receives: rules, exceptions, absences
types       what for: visit types, their length per practitioner, what they need
bookings    appointments, holds, and what they occupy
acts        who did what, with the state before and after
"""

from unisson.agenda.models.acts import AbsenceChange, AppointmentChange, PlanningAct
from unisson.agenda.models.bookings import Appointment, DayLoad, Hold, Occupation
from unisson.agenda.models.hours import Absence, OpeningException, OpeningRule
from unisson.agenda.models.types import VisitType, VisitTypeNeed, VisitTypeOffer

__all__ = [
    "Absence",
    "AbsenceChange",
    "Appointment",
    "AppointmentChange",
    "DayLoad",
    "Hold",
    "Occupation",
    "OpeningException",
    "OpeningRule",
    "PlanningAct",
    "VisitType",
    "VisitTypeNeed",
    "VisitTypeOffer",
]
