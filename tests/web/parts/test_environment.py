"""Settings: what is read, and the sentence that stops a start."""

from __future__ import annotations

import stat

import pytest
from django.core.exceptions import ImproperlyConfigured

from levelfield_web.fields.environment import Environment, database_parts


def read(**values):
    return Environment({f"LEVELFIELD_{name}": value for name, value in values.items()})


@pytest.mark.parametrize(("word", "truth"), [("yes", True), ("1", True), ("Off", False), ("", False)])
def test_a_flag_is_yes_or_no(word, truth):
    assert read(SECURE=word).flag("LEVELFIELD_SECURE", False, meaning="") is truth


def test_a_flag_that_is_neither_stops_the_start_with_a_sentence():
    with pytest.raises(ImproperlyConfigured) as error:
        read(SECURE="maybe").flag("LEVELFIELD_SECURE", False, meaning="")
    assert str(error.value) == (
        "Setting LEVELFIELD_SECURE: “maybe” is neither yes nor no. "
        "Expected yes, true, on or 1; or no, false, off or 0. Correct it and start again; nothing was started."
    )


def test_a_secret_is_made_once_and_readable_by_its_owner_only(tmp_path):
    path = tmp_path / "secret-key"
    first = read().secret("LEVELFIELD_SECRET_KEY", kept_in=path, meaning="")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read().secret("LEVELFIELD_SECRET_KEY", kept_in=path, meaning="") == first and len(first) >= 50


def test_a_short_secret_is_refused_and_not_repeated(tmp_path):
    with pytest.raises(ImproperlyConfigured) as error:
        read(SECRET_KEY="hunter2").secret("LEVELFIELD_SECRET_KEY", kept_in=tmp_path / "x", meaning="")
    assert "7 characters" in str(error.value) and "hunter2" not in str(error.value)


def test_database_addresses_are_read_into_their_parts():
    parts = database_parts("postgres://ada:s%40fe@db.example:5433/field?sslmode=require")
    assert (parts["USER"], parts["PASSWORD"], parts["HOST"], parts["PORT"], parts["NAME"]) == (
        *("ada", "s@fe", "db.example", "5433"), "field",
    )  # fmt: skip
    assert parts["OPTIONS"] == {"sslmode": "require"}
    assert database_parts("sqlite:////srv/lf/db.sqlite3")["NAME"] == "/srv/lf/db.sqlite3"
    assert database_parts("postgresql://ada@/field?host=/run/postgresql")["HOST"] == "/run/postgresql"


@pytest.mark.parametrize("url", ["mysql://x/y", "db.sqlite3", "postgres://host", "postgres://host:port/name"])
def test_a_database_we_do_not_know_is_refused(url):
    with pytest.raises(ImproperlyConfigured, match="LEVELFIELD_DATABASE_URL"):
        read(DATABASE_URL=url).database("LEVELFIELD_DATABASE_URL", "", meaning="")


def test_a_proxy_that_is_no_address_is_refused():
    with pytest.raises(ImproperlyConfigured, match="“gateway” is not an address"):
        read(TRUSTED_PROXY="10.0.0.0/8, gateway").networks("LEVELFIELD_TRUSTED_PROXY", "", meaning="")


def test_a_misspelt_name_is_found_with_the_one_that_was_meant():
    environment = read(SECUR="yes", THREADS="2", MEMORY="1GB")
    environment.flag("LEVELFIELD_SECURE", False, meaning="")
    environment.text("LEVELFIELD_HOME", "", meaning="")
    assert environment.misspelt() == {"LEVELFIELD_SECUR": "LEVELFIELD_SECURE"}
