"""Tests that keep the plan of the house."""
