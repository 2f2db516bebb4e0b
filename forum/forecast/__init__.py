"""How many will come: from past editions and from what people answer; how many more to admit."""
