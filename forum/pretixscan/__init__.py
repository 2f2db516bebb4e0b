"""pretixSCAN devices at our gates: the part of pretix's interface that they use."""
