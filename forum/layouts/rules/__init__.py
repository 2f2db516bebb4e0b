"""What a layout may be made of, when it is good enough to print, and the six of the gallery."""
