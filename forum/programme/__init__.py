"""Proposals, sessions, speakers and the schedule."""
