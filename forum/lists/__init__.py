"""Lists of people: searched, changed many at once, read in from files, freed of those who stand there twice."""
