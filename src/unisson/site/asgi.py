"""The application server's entry point."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "unisson.site.settings")
application = get_asgi_application()
