"""The door for servers. Sheets of current publications are loaded at once, so that the first visitor need not wait."""

import logging
import os
import threading

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "levelfield_web.settings")
application = get_wsgi_application()


def warm_up() -> None:
    """Do the work of the first pages once. What fails here is shown to whoever opens the page."""
    from levelfield.words import Grain
    from levelfield_web.fields.viewer import HOUSE
    from levelfield_web.measures.queries import card
    from levelfield_web.same_data.queries import current

    try:
        for grain in (Grain.WEEK, Grain.MONTH):
            for partner in current(viewer=HOUSE):
                card(viewer=HOUSE, partner=partner, grain=grain)
    except Exception:
        logging.getLogger("levelfield").exception("The first pages could not be prepared")


threading.Thread(target=warm_up, name="warm-up", daemon=True).start()
