"""Applications, stands and staff of the organisations that exhibit."""
