"""Formats that are a short header and then the rows as they are: netpbm's, and NumPy's.

After netpbm's pbm(5), pgm(5) and ppm(5), and NumPy's format 1.0.
"""

from collections.abc import Iterable
from io import BytesIO

import numpy as np

from viewer.picture.formats.header import File, Header, Rows


def write_pbm(file: File, header: Header, strips: Iterable[Rows]) -> None:
    """Binary PBM (P4), where 1 is black, so that inside is white as everywhere."""
    file.write(b"P4\n%d %d\n" % header.size)
    for rows in strips:
        file.write(np.packbits(rows == 0, axis=1).tobytes())


def write_ppm(file: File, header: Header, strips: Iterable[Rows]) -> None:
    """Binary PGM (P5) for greys, as the challenge's script writes them to a .ppm, else P6."""
    kind = b"P6" if header.pixels == "rgb" else b"P5"
    file.write(kind + b"\n%d %d\n255\n" % header.size)
    for rows in strips:
        file.write(rows.tobytes())


def write_npy(file: File, header: Header, strips: Iterable[Rows]) -> None:
    """NumPy's own: shape (height, width), or (height, width, channels)."""
    width, height = header.size
    shape = (height, width) if header.samples == 1 else (height, width, header.samples)
    start = BytesIO()
    np.lib.format.write_array_header_1_0(
        start, {"descr": header.dtype.str, "fortran_order": False, "shape": shape}
    )
    file.write(start.getvalue())
    for rows in strips:
        file.write(rows.tobytes())
