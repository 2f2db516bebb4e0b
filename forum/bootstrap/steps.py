"""Steps of set-up: said, remembered with what they were made from, and one set-up at a time."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager

from forum.bootstrap.place import Place, SetUpStopped

# Two locks: who sets up holds the first; a command that works inside .venv holds the second, even if it outlives us.
LATCH = "set-up.latch"
WORKING = "set-up.working"


@contextmanager
def said(sentence: str) -> Iterator[None]:
    """Print one line for one step: what begins, then how it ended."""
    print(f"{sentence} …", end=" ", flush=True)
    started = time.monotonic()
    try:
        yield
    except BaseException:
        print("not finished.", flush=True)
        raise
    print(f"done, {time.monotonic() - started:.1f} s.", flush=True)


def digest(*parts: str | bytes) -> str:
    """A fingerprint of what a step is made from."""
    whole = b"\0".join(part.encode() if isinstance(part, str) else part for part in parts)
    return hashlib.sha256(whole).hexdigest()


def is_finished(place: Place, step: str, made_from: str) -> bool:
    """Whether the step was finished, and from the same things as now."""
    try:
        return (place.notes / step).read_text(encoding="utf-8") == made_from
    except OSError:
        return False


def was_interrupted(place: Place, step: str) -> bool:
    """Whether the step was begun and never ended."""
    return (place.notes / f"{step}.begun").exists()


@contextmanager
def stamped(place: Place, step: str, made_from: str) -> Iterator[None]:
    """Mark a step as begun, and as finished only when it ended well."""
    place.notes.mkdir(parents=True, exist_ok=True)
    begun = place.notes / f"{step}.begun"
    begun.touch()
    (place.notes / step).unlink(missing_ok=True)
    yield
    (place.notes / step).write_text(made_from, encoding="utf-8")
    begun.unlink()


@contextmanager
def only_one_at_a_time(place: Place) -> Iterator[None]:
    """Let a second set-up in the same folder wait for the first."""
    try:
        place.environment.mkdir(exist_ok=True)
        with held(place, LATCH), held(place, WORKING):
            pass  # what an earlier set-up left running has ended
    except OSError as problem:
        raise SetUpStopped(
            f"{place.environment} cannot be written ({problem.strerror}). If another user set up here before, "
            "please ask them, or clone the project into a folder of your own."
        ) from None
    with held(place, LATCH):
        yield


@contextmanager
def held(place: Place, lock: str) -> Iterator[int]:
    """Hold a lock file of the environment, waiting for it when need be; gives its descriptor."""
    import fcntl  # absent on Windows, where a sentence is wanted and not a missing module

    with (place.environment / lock).open("w") as latch:
        try:
            fcntl.flock(latch, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            print("Another set-up is running in this folder; waiting for it to end.", flush=True)
            fcntl.flock(latch, fcntl.LOCK_EX)
        yield latch.fileno()
