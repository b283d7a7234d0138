from django.urls import URLPattern, URLResolver, path

from unisson.screens.practitioner import day

urlpatterns: list[URLPattern | URLResolver] = [
    path("", day.own_day, name="practitioner-day"),
    path("appeler/", day.call, name="practitioner-call"),
    path("terminer/", day.finish, name="practitioner-finish"),
    path("reprendre/", day.take_back, name="practitioner-take-back"),
]
