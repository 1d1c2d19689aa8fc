"""The edge of a shape as closed paths of lines and curves, for SVG and PDF.

    Grid -engine-> inside or not -lattice-> crossings, in loops -edges-> points on the edge itself
         -corners-> and its corners -fit-> few lines and Bezier curves -documents-> the file

The pixels' centres are the lattice, so the paths hold just those that are inside in the raster of
the same size; what moves them is the stated tolerance alone.
"""
