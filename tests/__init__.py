"""The tests; docs/testing.md tells what a good one is here."""
