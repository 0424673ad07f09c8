"""People of both sides, the partners they act for, invitations, and tries to sign in."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from levelfield_web.fields.viewer import Side, Viewer


class Role(models.TextChoices):
    """What somebody does in the work of their side."""

    EXECUTIVE = "executive", _("executive")
    VENDOR_MANAGER = "vendor_manager", _("vendor manager")
    ANALYST = "analyst", _("analyst")
    ADMINISTRATOR = "administrator", _("administrator")
    ACCOUNT_MANAGER = "account_manager", _("account manager")
    OPERATIONS_MANAGER = "operations_manager", _("operations manager")


CLIENT_ROLES = (Role.EXECUTIVE, Role.VENDOR_MANAGER, Role.ANALYST, Role.ADMINISTRATOR)
PARTNER_ROLES = (Role.ACCOUNT_MANAGER, Role.OPERATIONS_MANAGER, Role.ANALYST)

ON_A_SIDE = Q(side=Side.CLIENT, partner="", role__in=[str(r.value) for r in CLIENT_ROLES]) | (
    Q(side=Side.PARTNER, role__in=[str(r.value) for r in PARTNER_ROLES]) & ~Q(partner="")
)


class Partner(models.Model):
    """A company that serves the client's customers, known by a short key."""

    key = models.SlugField(_("key"), max_length=50, unique=True)
    name = models.CharField(_("name"), max_length=200)
    known_since_at = models.DateTimeField(_("known since"))

    class Meta:
        ordering = ("name",)
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        constraints = [
            models.CheckConstraint(condition=~Q(key="") & ~Q(name=""), name="a_partner_has_a_key_and_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class People(BaseUserManager["User"]):
    """Finds people by the address they sign in with."""

    def get_by_natural_key(self, username: str | None) -> User:
        """The person with this address, however it is capitalised."""
        return self.get(email=plain_email(username or ""))


class User(AbstractBaseUser):
    """A person who signs in. Stands on exactly one side, with a role of that side."""

    email = models.EmailField(_("email address"), unique=True, help_text=_("Always kept in small letters."))
    name = models.CharField(_("name"), max_length=200)
    side = models.CharField(_("side"), max_length=10, choices=Side.choices)
    partner = models.CharField(_("partner"), max_length=50, blank=True)
    role = models.CharField(_("role"), max_length=30, choices=Role.choices)
    totp_secret = models.CharField(_("key of the one-time codes, encrypted"), max_length=255, blank=True)
    totp_confirmed_at = models.DateTimeField(_("one-time codes since"), null=True)
    totp_last_step = models.BigIntegerField(_("time step of the last code"), null=True)
    is_active = models.BooleanField(_("may sign in"), default=True)
    joined_at = models.DateTimeField(_("joined"))
    deactivated_at = models.DateTimeField(_("deactivated"), null=True)

    objects: ClassVar[People] = People()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        ordering = ("name", "id")
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.CheckConstraint(condition=Q(side__in=Side.values), name="a_person_stands_on_one_of_two_sides"),
            models.CheckConstraint(condition=ON_A_SIDE, name="a_partner_is_named_exactly_by_its_own_people"),
            models.CheckConstraint(
                condition=Q(totp_confirmed_at__isnull=True) | ~Q(totp_secret=""), name="one_time_codes_come_from_a_key"
            ),
            models.CheckConstraint(
                condition=Q(is_active=True, deactivated_at__isnull=True)
                | Q(is_active=False, deactivated_at__isnull=False),
                name="who_may_not_sign_in_was_deactivated_at_a_moment",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="a_person_has_a_name"),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="an_email_address_is_kept_in_small_letters"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def has_codes(self) -> bool:
        """Whether signing in asks for a one-time code."""
        return self.totp_confirmed_at is not None

    @property
    def as_viewer(self) -> Viewer:
        """The person as queries and actions know them."""
        return Viewer(self.pk, self.name, self.side, self.partner, self.role)


class Invitation(models.Model):
    """A link that lets one person join, or set a new password. Only its hash is kept."""

    email = models.EmailField(_("email address"))
    name = models.CharField(_("name"), max_length=200)
    side = models.CharField(_("side"), max_length=10, choices=Side.choices)
    partner = models.CharField(_("partner"), max_length=50, blank=True)
    role = models.CharField(_("role"), max_length=30, choices=Role.choices)
    token_hash = models.CharField(_("hash of the link"), max_length=64, unique=True)
    renews = models.ForeignKey(
        User,
        verbose_name=_("for somebody who has joined"),
        null=True,
        on_delete=models.PROTECT,
        related_name="renewals",
    )
    invited_by = models.ForeignKey(
        User, verbose_name=_("invited by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    invited_by_name = models.CharField(_("name of the inviter"), max_length=200)
    invited_at = models.DateTimeField(_("invited"))
    expires_at = models.DateTimeField(_("expires"))
    accepted_by = models.ForeignKey(
        User, verbose_name=_("accepted by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    accepted_at = models.DateTimeField(_("accepted"), null=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)

    class Meta:
        ordering = ("-invited_at", "-id")
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.CheckConstraint(condition=ON_A_SIDE, name="an_invitation_is_for_one_of_two_sides"),
            models.CheckConstraint(
                condition=Q(accepted_by__isnull=True, accepted_at__isnull=True)
                | Q(accepted_by__isnull=False, accepted_at__isnull=False),
                name="an_invitation_is_accepted_by_someone_at_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(withdrawn_at__isnull=True),
                name="an_invitation_is_accepted_or_withdrawn_not_both",
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=F("invited_at")), name="an_invitation_expires_later"),
        ]

    def __str__(self) -> str:
        return self.email


class SignInAttempt(models.Model):
    """A failed try with a password or a code, kept as long as it counts. Accounts are kept as keyed hashes."""

    account = models.CharField(_("account"), max_length=64)
    address = models.CharField(_("address"), max_length=64, blank=True)
    step = models.CharField(
        _("step"),
        max_length=10,
        choices=[("password", _("password")), ("code", _("code")), ("current", _("current password"))],
    )
    at = models.DateTimeField(_("moment"))

    class Meta:
        verbose_name = _("failed sign-in")
        verbose_name_plural = _("failed sign-ins")
        indexes = [models.Index(fields=["account", "step", "at"], name="failures_of_an_account")]


def plain_email(text: str) -> str:
    """An address in the one form in which it is kept and compared."""
    return text.strip().lower()
