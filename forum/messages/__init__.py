"""Letters to people: written, waiting, sent, failed or kept."""
