"""A lower feature tells what happened, a higher one hears: `@subscribes(Registered)`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from forum.core.db import Transaction

Event = TypeVar("Event")
Subscriber = Callable[["Transaction", Any], None]

_subscribers: dict[type, list[Subscriber]] = defaultdict(list)


def subscribes(
    kind: type[Event],
) -> Callable[[Callable[[Transaction, Event], None]], Callable[[Transaction, Event], None]]:
    """Mark a function of `subscribers.py` as hearing one kind of event."""

    def register(subscriber: Callable[[Transaction, Event], None]) -> Callable[[Transaction, Event], None]:
        if subscriber not in _subscribers[kind]:
            _subscribers[kind].append(subscriber)
        return subscriber

    return register


def publish(tx: Transaction, happened: object) -> None:
    """Call everyone who listens to this kind of event, inside the same transaction."""
    for subscriber in _subscribers[type(happened)]:
        subscriber(tx, happened)
