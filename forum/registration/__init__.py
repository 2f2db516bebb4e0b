"""Categories with places, registrations, and seats in sessions."""
