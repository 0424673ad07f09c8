"""How Django finds the person of a session."""

from __future__ import annotations

from django.contrib.auth.backends import BaseBackend

from levelfield_web.people.models import User


class OnlyRemembers(BaseBackend):
    """Finds who has signed in; letting people in is `people.actions`."""

    def get_user(self, user_id: int) -> User | None:
        """The person of a session, unless their access was taken away."""
        return User.objects.filter(pk=user_id, is_active=True).first()
