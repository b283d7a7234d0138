"""The application server's entry point."""

import atexit
import os

from django.core.asgi import get_asgi_application

from unisson.site.server import disconnect
from unisson.site.uploads import limited

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "unisson.site.settings")
application = limited(get_asgi_application())
atexit.register(disconnect)
