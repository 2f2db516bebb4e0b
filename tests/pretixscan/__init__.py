"""pretixSCAN at our gates."""
