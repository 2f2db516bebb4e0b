"""Who is inside: the live board and the hall's screen, corrections, the safety register, who came."""
