"""Buildings, their rooms and stands, and how many people they hold safely."""
