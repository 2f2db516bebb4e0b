"""Who looked at, exported or changed people's data: a log that only grows."""
