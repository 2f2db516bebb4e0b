"""Who is inside."""
