"""Picture files: a function each from rows to bytes, and the table of them.

    strips of rows -pack (threads)-> packed strips -> the file, in order

No library writes all of this in bounded memory: Pillow needs the whole picture, and pypng writes no
text chunks and only unfiltered rows. PNG and the others are a few lines around `zlib`; the
container of TIFF is tifffile's.
"""
