"""What a badge looks like: the gallery of six layouts, and those that organisers make in the browser."""
