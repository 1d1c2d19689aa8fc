"""Pictures: a grid's samples as rows of greys, and rows as a file that appears when it is whole.

    Grid -render-> strips of rows -writers-> bytes -target-> the file      one picture: `save`
    Flight -> grids ------------------------------------> many of them     a zoom: `film`

Whatever the size, only a few strips are in memory at once. `command` is `prospero render`.
"""
