"""The users and things every test may ask for."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from django.contrib.contenttypes.management import create_contenttypes
from django.db import connection
from django.db.models.signals import post_migrate
from django.test import override_settings

from tests.started import migrated
from workflows.models import User
from workflows.models.people import Tier


def _person(name: str, tier: str = Tier.ENTERPRISE) -> User:
    return User.objects.create_user(username=name, password=f"{name} likes patch cables", tier=tier)


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """Take the database that stands there; it goes away with the folder it is in."""
    return connection.vendor == "sqlite"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, django_db_keepdb: bool
) -> None:
    """Put a database there that has its tables."""
    if django_db_keepdb:
        shutil.copy(migrated(), connection.settings_dict["TEST"]["NAME"])


@pytest.fixture(autouse=True, scope="session")
def cheap_passwords() -> Iterator[None]:
    """Hash passwords fast: a slow hash costs every test that has a user a third of a second."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(autouse=True, scope="session")
def cheap_flushes() -> None:
    """Empty the tables after a test without filling in permissions and content types again.

    Django makes them again after every flush, which took longer than the flush; here nobody has
    permissions by row, and a content type is made where it is first asked for.
    """
    post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")
    post_migrate.disconnect(create_contenttypes)


@pytest.fixture
def alice(db: None) -> User:
    """A user with every right on her own things."""
    return _person("alice")


@pytest.fixture
def bob(db: None) -> User:
    """Another user; nothing of alice's is his."""
    return _person("bob")
