"""What the organisers' board and the screens ask the database: today's scans only, by its indices."""
