"""The window: a session, which is a value, what changes it, and what shows it.

events -> hands/ -> session (a value) -> text/ -> show/
file   -> files/ -> show/ (compiler -> canvas) ----^

hands/     keys and the mouse, the table of controls     places/   where it looks and has looked
files/     what is shown, and followed                   insight/  what the program does in a place
show/      the picture, brought to the screen            text/     what is written over it
saving/    pictures that leave the window                backends/ the libraries that open it
"""
