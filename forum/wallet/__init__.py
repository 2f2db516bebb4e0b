"""Badges in a telephone's wallet: Apple passes signed with the organisers' own certificate, Google's link."""
