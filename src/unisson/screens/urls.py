"""The pages of everyone: each sub-package keeps its own list."""

from django.urls import include, path

from unisson.screens import live

urlpatterns = [
    path("direct/", live.stream, name="live"),
    path("", include("unisson.screens.session.urls")),
    path("", include("unisson.screens.secretary.urls")),
    path("cabinet/", include("unisson.screens.manager.urls")),
    path("praticien/", include("unisson.screens.practitioner.urls")),
]
