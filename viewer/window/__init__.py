"""The window: a session, which is a value, what changes it, and what shows it.

hands/     keys and the mouse -> actions and moves      places/   where it looks and has looked
files/     what is shown, and followed                  insight/  what the program does in a place
show/      the picture, brought to the screen           text/     what is written over it
saving/    pictures that leave the window               backends/ the libraries that open it
"""
