"""The pages of everyone: each sub-package keeps its own list."""

from django.urls import include, path

urlpatterns = [
    path("", include("unisson.screens.session.urls")),
    path("", include("unisson.screens.secretary.urls")),
    path("cabinet/", include("unisson.screens.manager.urls")),
    path("praticien/", include("unisson.screens.practitioner.urls")),
]
