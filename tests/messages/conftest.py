"""What the tests of letters share with those of registration."""

from tests.registration.conftest import statements

__all__ = ["statements"]
