"""The application server's entry point."""

import atexit
import os

import django

from unisson.site.server import disconnect
from unisson.site.uploads import limited

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "unisson.site.settings")
django.setup(set_prefix=False)

from unisson.site import handler  # noqa: E402 (reads the settings and the addresses)

application = limited(handler.application())
atexit.register(disconnect)
