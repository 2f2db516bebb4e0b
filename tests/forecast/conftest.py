"""What the tests of attendance share."""

from tests.registration.conftest import statements

__all__ = ["statements"]
