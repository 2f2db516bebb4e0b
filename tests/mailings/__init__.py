"""Tests of letters to many."""
