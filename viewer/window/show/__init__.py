"""The picture: the program that is shown, how it is painted, and the screen."""
