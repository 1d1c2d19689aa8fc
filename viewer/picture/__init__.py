"""Pictures: a grid's samples as rows of pixels, and rows as a file that appears when it is whole.

    Grid -render-> greys --+-look-> strips of rows -formats-> bytes -target-> the file     `save`
           field -modes----+
    Tour ---> grids ----------------------------------------> many of them                 `film`

Whatever the size, only a few strips are in memory at once. `options` says which picture,
`provenance` what it carries of that, `command` is `prospero render`,
`api` is for Python.
"""
