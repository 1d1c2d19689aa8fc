"""Prints hello.vm: the smallest useful program, explained line by line."""

from __future__ import annotations

import sys

HELLO = """\
# Hello: a disc. Made by assets/scripts/hello.py
#
# A program is a list of values, one to a line: a name of your choice, what to do, and the names of
# the values to do it with. It is worked out anew at every point of the picture.
# A point is inside the shape where the LAST value is negative.

x       var-x             # how far right this point is: -1 at the left edge, 1 at the right
y       var-y             # how far up it is: -1 at the bottom, 1 at the top
xx      square x
yy      square y
rr      add xx yy         # so far: the squared distance from the middle (Pythagoras)
size    const 0.64        # the squared radius: the disc reaches 0.8 from the middle
disc    sub rr size       # negative where the point is nearer than that: inside

# Now change it and save; an open viewer follows. Some things to try:
#   - make size 0.09: a smaller disc
#   - put 'xx  square y' in place of 'xx  square x': a band
#   - add a line at the end, 'half  max disc x': only what is inside both is left, half the disc
#   - and one more, 'flip  neg half': inside and outside change places
"""

if __name__ == "__main__":
    sys.stdout.write(HELLO)
