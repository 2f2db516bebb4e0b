"""Reads over several features."""
