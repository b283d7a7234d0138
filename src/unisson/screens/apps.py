from django.apps import AppConfig


class ScreensConfig(AppConfig):
    name = "unisson.screens"
    label = "screens"
