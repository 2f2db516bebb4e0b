"""Who came gets it in writing: certificates of attendance, from what was scanned at the doors."""
