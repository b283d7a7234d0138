"""The addresses of the desk: the day, its other views, and everything done to appointments."""

from django.urls import path

from unisson.screens.secretary import (
    booking,
    booking_chain,
    booking_search,
    day,
    day_absences,
    day_acts,
    day_appointment,
    day_list,
    day_warn,
    month,
    week,
)
from unisson.screens.shared import converters  # noqa: F401 (registers <day:...>)

urlpatterns = [
    path("", day.desk, name="desk"),
    path("jour/<day:day>/", day.day, name="desk-day"),
    path("aller/", day.go_to_day, name="go-to-day"),
    path("semaine/<int:practitioner_id>/<day:day>/", week.week, name="week"),
    path("mois/<month:month>/", month.month, name="month"),
    path("liste/<day:day>/", day_list.day_list, name="day-list"),
    path("jour/<day:day>/imprimer/", day_list.day_print, name="day-print"),
    path("jour/<day:day>/journee.pdf", day_list.day_pdf, name="day-pdf"),
    path("jour/<day:day>/prevenir/<int:practitioner_id>/", day_warn.warn, name="warn"),
    path("rdv/nouveau/", booking.new, name="booking-new"),
    path("rdv/enchainer/", booking_chain.chain, name="booking-chain"),
    path("rdv/tenir/", booking.hold, name="hold"),
    path("rdv/rendre/", booking.release, name="release"),
    path("rdv/premier/", booking_search.first_free, name="first-free"),
    path("rdv/<int:appointment_id>/", day_appointment.appointment, name="appointment"),
    path("rdv/<int:appointment_id>/corriger/", day_appointment.details, name="appointment-details"),
    path("rdv/<int:appointment_id>/annuler/", day_appointment.cancel, name="cancel"),
    path("rdv/<int:appointment_id>/deplacer/", day_acts.move, name="appointment-move"),
    path("rdv/<int:appointment_id>/arrive/", day_acts.arrive, name="appointment-arrive"),
    path("rdv/<int:appointment_id>/salle/", day_acts.to_room, name="appointment-room"),
    path("rdv/<int:appointment_id>/consultation/", day_acts.call_in, name="appointment-call-in"),
    path("rdv/<int:appointment_id>/sorti/", day_acts.leave, name="appointment-leave"),
    path("rdv/<int:appointment_id>/parti/", day_acts.leave_unseen, name="appointment-left-unseen"),
    path("rdv/<int:appointment_id>/retour/", day_acts.step_back, name="appointment-step-back"),
    path("rdv/<int:appointment_id>/absent/", day_acts.no_show, name="appointment-no-show"),
    path("rdv/<int:appointment_id>/excuse/", day_acts.excused, name="appointment-excused"),
    path("rdv/<int:appointment_id>/remettre/", day_acts.put_back, name="appointment-put-back"),
    path("annuler/", day_acts.undo, name="undo"),
    path("absence/nouvelle/", day_absences.absence_new, name="absence-new"),
    path("absence/bloquer/", day_absences.block, name="block"),
    path("absence/<int:absence_id>/", day_absences.absence, name="absence"),
    path("absence/<int:absence_id>/retirer/", day_absences.absence_end, name="absence-end"),
]
