"""Pictures: a grid's samples as rows of greys, and rows as a file that appears when it is whole.

    Grid -render-> strips of rows -writers-> bytes -target-> the file

Whatever the size, only a few strips are in memory at once.
"""

from viewer.picture.render import render, render_rows
from viewer.picture.save import check_target, next_free, save

__all__ = ["check_target", "next_free", "render", "render_rows", "save"]
