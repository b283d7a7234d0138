from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("unisson.screens.secretary.desk_urls")),
    path("ordre/", include("unisson.screens.secretary.orders.urls")),
    path("importer/", include("unisson.screens.secretary.imports_urls")),
    path("patients/", include("unisson.screens.secretary.patients_urls")),
]
