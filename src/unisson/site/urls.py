"""Every address of the site. Each screen keeps its own list."""

from django.urls import include, path

urlpatterns = [
    path("", include("unisson.screens.urls")),
]
handler500 = "unisson.screens.session.errors.server_error"
