"""Formats that are a short header and then the rows as they are: netpbm's, and NumPy's.

After netpbm's pbm(5), pgm(5) and ppm(5), and NumPy's format 1.0.
"""

from collections.abc import Callable, Iterable, Iterator
from io import BytesIO

import numpy as np

from viewer.picture.formats.header import Begun, Header, Piece, Rows


def encode_pbm(
    header: Header, strips: Iterable[Rows], begun: Begun | None = None
) -> Iterator[Piece]:
    """Binary PBM (P4), where 1 is black, so that inside is white as everywhere."""
    start = b"P4\n%d %d\n" % header.size
    return _plain(start, strips, begun, lambda rows: np.packbits(rows == 0, axis=1))


def encode_ppm(
    header: Header, strips: Iterable[Rows], begun: Begun | None = None
) -> Iterator[Piece]:
    """Binary PGM (P5) for greys, as the challenge's script writes them to a .ppm, else P6."""
    kind = b"P6" if header.pixels == "rgb" else b"P5"
    return _plain(kind + b"\n%d %d\n255\n" % header.size, strips, begun)


def encode_npy(
    header: Header, strips: Iterable[Rows], begun: Begun | None = None
) -> Iterator[Piece]:
    """NumPy's own: shape (height, width), or (height, width, channels)."""
    width, height = header.size
    shape = (height, width) if header.samples == 1 else (height, width, header.samples)
    start = BytesIO()
    np.lib.format.write_array_header_1_0(
        start, {"descr": header.dtype.str, "fortran_order": False, "shape": shape}
    )
    return _plain(start.getvalue(), strips, begun)


def _plain(
    start: bytes,
    strips: Iterable[Rows],
    begun: Begun | None,
    as_stored: Callable[[Rows], Rows] = lambda rows: rows,
) -> Iterator[Piece]:
    if begun is None:
        yield Piece(start)
    for rows in strips:
        yield Piece(as_stored(rows).tobytes(), len(rows))
