"""Running it: the server, the worker, back-ups, checks, metrics."""
