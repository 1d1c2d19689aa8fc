"""Picture files: a function each from rows to bytes, and the table of them.

    strips of rows -pack (threads)-> pieces of the file, in order

No library writes all of this in bounded memory and can go on with a file that was left: Pillow
needs the whole picture, pypng writes no text chunks and only unfiltered rows, and tifffile knows
where a tile lies only while it writes it. They are a few lines each around `zlib`.
"""
