"""What a program does in a place: which lines decide, which matter, what is odd."""
