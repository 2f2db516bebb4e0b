"""Rights over one's data: purposes and end dates, the nightly purge, exports, erasure."""
