"""What stands on tables and hangs on stands: table tents for speakers, signs for exhibitors."""
