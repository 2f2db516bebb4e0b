"""What the tests of mailings share."""

from tests.registration.conftest import statements

__all__ = ["statements"]
