"""The application as a WSGI server sees it: `granian --interface wsgi levelfield_web.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "levelfield_web.settings")
application = get_wsgi_application()
