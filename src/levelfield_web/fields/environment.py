"""Typed readers of the environment. A value that cannot be read stops the start with a sentence."""

from __future__ import annotations

import difflib
import ipaddress
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from levelfield.words import Refusal, RefusalKind

PREFIX = "LEVELFIELD_"
YES, NO = frozenset({"1", "yes", "true", "on"}), frozenset({"0", "no", "false", "off", ""})
ALIKE = 0.75  # how alike two names must be to count as one misspelt; 1 is equal
SHORTEST_SECRET = 50  # characters; what Django's own deployment check asks for

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True)
class Setting:
    """A name that was read, with what it means and what holds when it is absent."""

    name: str
    meaning: str
    default: str


class Environment:
    """Reads settings by name and remembers which names it knows."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = values
        self.known: dict[str, Setting] = {}

    def text(self, name: str, default: str, *, meaning: str) -> str:
        """The value as it stands, without surrounding blanks."""
        self.known[name] = Setting(name, meaning, default)
        return self.values.get(name, default).strip()

    def flag(self, name: str, default: bool, *, meaning: str) -> bool:
        """Yes or no. Anything else is refused, because a guess could open a door."""
        word = self.text(name, "yes" if default else "no", meaning=meaning).lower()
        if word in YES:
            return True
        if word in NO:
            return False
        raise refused(name, f"“{word}” is neither yes nor no", "yes, true, on or 1; or no, false, off or 0")

    def whole(self, name: str, default: int, *, meaning: str) -> int:
        """A whole number above zero."""
        word = self.text(name, str(default), meaning=meaning)
        if not (word.isascii() and word.isdigit()) or int(word) < 1:
            raise refused(name, f"“{word}” is no whole number above zero", "a whole number above zero")
        return int(word)

    def words(self, name: str, default: str, *, meaning: str) -> list[str]:
        """A list separated by commas or blanks."""
        return self.text(name, default, meaning=meaning).replace(",", " ").split()

    def networks(self, name: str, default: str, *, meaning: str) -> list[Network]:
        """Addresses or networks, such as 10.0.0.0/8."""
        found: list[Network] = []
        for word in self.words(name, default, meaning=meaning):
            try:
                found.append(ipaddress.ip_network(word))
            except ValueError:
                raise refused(
                    name, f"“{word}” is not an address or a network", "for example 127.0.0.1 or 10.0.0.0/8"
                ) from None
        return found

    def folder(self, name: str, default: str, *, meaning: str) -> Path:
        """A folder, made for its owner alone when it is missing."""
        path = Path(self.text(name, default, meaning=meaning)).expanduser().resolve()
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise refused(
                name, f"the folder {path} cannot be made ({error.strerror})", "a folder we may write to"
            ) from error
        return path

    def secret(self, name: str, *, kept_in: Path, meaning: str) -> str:
        """A secret key: from the environment, else from a file only the owner may read, made at the first start."""
        key = self.text(name, "", meaning=meaning)
        if not key:
            return secret_in(kept_in)
        if len(key) < SHORTEST_SECRET:
            raise refused(name, f"the key has {len(key)} characters", f"at least {SHORTEST_SECRET} random characters")
        return key

    def database(self, name: str, default: str, *, meaning: str) -> dict[str, Any]:
        """The connection parts of an address such as postgres://user:password@host:5432/name."""
        url = self.text(name, default, meaning=meaning)
        try:
            return database_parts(url)
        except ValueError as error:
            raise refused(
                name, str(error), "sqlite:///path/to/db.sqlite3 or postgres://user:password@host:5432/name"
            ) from None

    def mail(self, name: str, *, meaning: str) -> dict[str, Any]:
        """The parts of a mail server's address such as smtp://user:password@host:587; none where no mail is sent."""
        url = self.text(name, "", meaning=meaning)
        if not url:
            return {}
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise refused(name, f"“{parts.scheme or url}” is not a mail server we know", "smtp://user:password@host:587 or smtps://…")  # fmt: skip
        safe = parts.scheme == "smtps"
        return {
            "EMAIL_HOST": parts.hostname, "EMAIL_PORT": parts.port or (465 if safe else 587), "EMAIL_HOST_USER": unquote(parts.username or ""),
            "EMAIL_HOST_PASSWORD": unquote(parts.password or ""), "EMAIL_USE_SSL": safe,
            "EMAIL_USE_TLS": not safe and parts.hostname not in ("localhost", "127.0.0.1"),
        }  # fmt: skip

    def misspelt(self) -> dict[str, str]:
        """Names that look like one of ours and that nothing here reads, each with the one that was probably meant.

        Other floors read names of their own, so a name that looks like none of ours is left alone.
        """
        known = {name.removeprefix(PREFIX): name for name in self.known}
        found: dict[str, str] = {}
        for name in sorted(self.values):
            word = name.removeprefix(PREFIX)
            alike = difflib.get_close_matches(word, known, n=1, cutoff=ALIKE)
            if word != name and word not in known and alike:
                found[name] = known[alike[0]]
        return found


def refused(name: str, what: str, expected: str) -> ImproperlyConfigured:
    """The sentence that stops a start."""
    return ImproperlyConfigured(
        Refusal(
            what,
            where=f"Setting {name}",
            expected=expected,
            next_step="Correct it and start again; nothing was started.",
            kind=RefusalKind.DEFINITION,
        ).sentence
    )


def secret_in(path: Path) -> str:
    """The key kept in a file; a new file is readable by its owner only from the moment it exists."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        key = path.read_text(encoding="ascii").strip()
        if len(key) < SHORTEST_SECRET:
            raise refused(
                f"in {path}", "the secret key is too short", f"at least {SHORTEST_SECRET} characters, or no file at all"
            ) from None
        return key
    key = secrets.token_urlsafe(64)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(key + "\n")
    return key


def database_parts(url: str) -> dict[str, Any]:
    """Engine, name, host and the rest, from one address.

    >>> database_parts("postgres://ada:s%40fe@db.example:5433/field")["PASSWORD"]
    's@fe'
    """
    parts = urlsplit(url)
    match parts.scheme:
        case "sqlite":
            name = unquote(parts.path).removeprefix("/")
            if not name:
                raise ValueError("the address names no file")
            return {"ENGINE": "django.db.backends.sqlite3", "NAME": name}
        case "postgres" | "postgresql":
            name = unquote(parts.path).removeprefix("/")
            if not name:
                raise ValueError("the address names no database")
            options = dict(parse_qsl(parts.query))
            # A socket folder does not fit between the slashes of an address, so it may come as ?host=/run/postgresql.
            host = options.pop("host", "") or unquote(parts.hostname or "")
            return {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": name,
                "USER": unquote(parts.username or ""),
                "PASSWORD": unquote(parts.password or ""),
                "HOST": host,
                "PORT": str(parts.port or ""),
                "OPTIONS": options,
            }
        case other:
            raise ValueError(f"“{other or url}” is not a database we know")
