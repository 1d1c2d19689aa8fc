"""Runs of equal bytes as a deflate stream (RFC 1951), without a look at each byte.

A run becomes its byte, a match one byte back of what is left over by 258s, and then as many matches
of 258, the longest there are. Such a match is two bits, and both are zero: what is flat is memory
that nobody writes to.
"""

import heapq
from collections.abc import Iterator
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

Longs = NDArray[np.int64]
Bits = NDArray[np.uint64]

_END, _LONGEST, _SYMBOLS = 256, 285, 286
_LIMIT = 14
"""Bits of any other code, at most, before it is made room for that of `_LONGEST`."""
_ORDER = (16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15)
_OF_DEPTHS = np.array(12 * [4] + 4 * [5] + [0, 4, 4])
"""Bits of the codes that tell the bits of the others."""
_BASE = 65521  # of Adler's check sum, RFC 1950
_SYNC = b"\x00\x00\xff\xff"  # the rest of an empty stored block, with which a whole byte ends


def deflated(values: NDArray[np.uint8], lengths: Longs) -> bytes:
    """A block that is not the last one, and ends at a whole byte. There must be a run, and lengths
    from 1."""
    longest, rest = np.divmod(lengths - 1, 258)
    depths = _depths(_counted(values, rest))
    codes = _codes(depths)
    bits, sizes = codes[values], depths[values]
    for n in (1, 2):  # too little for a match: the byte again
        again = np.flatnonzero((rest >= n) & (rest < 3))
        bits[again] |= codes[values[again]] << sizes[again].astype(np.uint64)
        sizes[again] += depths[values[again]]
    matches, match_sizes = _matches(codes, depths)
    bits |= matches[rest] << sizes.astype(np.uint64)
    sizes += match_sizes[rest]
    header, at = _header(depths)
    ends = np.cumsum(sizes + 2 * longest) + at
    end = int(ends[-1])
    last = int(codes[_END]), int(depths[_END])
    starts = np.concatenate([ends - sizes - 2 * longest, [end]])
    data = _laid_out(np.append(bits, np.uint64(last[0])), starts)
    data[: len(header)] |= header
    return data[: (end + last[1] + 3 + 7) // 8].tobytes() + _SYNC


def check_sum(values: NDArray[np.uint8], lengths: Longs) -> int:
    """Adler's check sum of the bytes, as `zlib.adler32` has it."""
    total = int(lengths.sum())
    after = total - np.cumsum(lengths)
    low = 1 + int((lengths % _BASE * values).sum())
    # Each byte counts once for itself and once for each that follows.
    times = (lengths * after + lengths * (lengths + 1) // 2) % _BASE
    return (total + int((times * values).sum())) % _BASE << 16 | low % _BASE


def _counted(values: NDArray[np.uint8], rest: Longs) -> Longs:
    """How often there is each symbol but `_LONGEST`."""
    few = rest < 3
    counts = np.bincount(values, np.where(few, 1 + rest, 1), _SYMBOLS)
    counts += np.bincount(_SYMBOL[rest[~few]], minlength=_SYMBOLS)
    counts[_END] += 1
    return counts.astype(np.int64)


def _depths(counts: Longs) -> Longs:
    """The bits of each symbol's code: of Huffman's tree, but for `_LONGEST`, which has the only
    code of one bit, the whole other half."""
    weights = {symbol: int(counts[symbol]) for symbol in np.flatnonzero(counts)}
    while True:
        depths = np.zeros(_SYMBOLS, np.int64)
        heap = [(weight, symbol, [symbol]) for symbol, weight in weights.items()]
        heapq.heapify(heap)
        while len(heap) > 1:
            (a, first, left), (b, _, right) = heapq.heappop(heap), heapq.heappop(heap)
            depths[left + right] += 1
            heapq.heappush(heap, (a + b, first, left + right))
        if depths.max() <= _LIMIT:
            break
        weights = {symbol: -(-weight // 2) for symbol, weight in weights.items()}
    depths[depths > 0] += 1
    depths[_LONGEST] = 1
    return depths


def _codes(depths: Longs) -> Bits:
    """The canonical codes, their first bit lowest."""
    codes, code = np.zeros(len(depths), np.uint64), 0
    for depth in range(1, 16):
        code <<= 1
        for symbol in np.flatnonzero(depths == depth):
            codes[symbol] = int(f"{code:0{depth}b}"[::-1], 2)
            code += 1
    return codes


def _matches(codes: Bits, depths: Longs) -> tuple[Bits, Longs]:
    """The bits of a match of each length below 258, and how many: the symbol, what is more than
    its least length, and a distance of one, a zero. None of a length below 3."""
    size = depths[_SYMBOL]
    bits = codes[_SYMBOL] | _MORE << size.astype(np.uint64)
    sizes = size + _MORE_BITS + 1
    bits[:3], sizes[:3] = 0, 0
    return bits, sizes


def _header(depths: Longs) -> tuple[NDArray[np.uint8], int]:
    """A block's start, RFC 1951, 3.2.7, and its bits: how many bits each code has. There is one
    distance, of one bit."""
    value, at = 0b100, 3  # not the last block, and with codes of its own
    codes = _codes(_OF_DEPTHS)
    parts = [(_SYMBOLS - 257, 5), (0, 5), (len(_ORDER) - 4, 4)]
    parts += [(int(_OF_DEPTHS[symbol]), 3) for symbol in _ORDER]
    for symbol, more, extra in _told([*depths.tolist(), 1]):
        parts += [(int(codes[symbol]), int(_OF_DEPTHS[symbol])), (more, extra)]
    for part, size in parts:
        value |= part << at
        at += size
    return np.frombuffer(value.to_bytes(-(-at // 8), "little"), np.uint8), at


def _told(depths: list[int]) -> Iterator[tuple[int, int, int]]:
    """Codes' depths as symbols, and what follows each, in how many bits: zeros are told by how
    many there are."""
    for depth, group in groupby(depths):
        count = len(list(group))
        while depth == 0 and count >= 3:
            many = min(count, 138)
            yield (18, many - 11, 7) if many >= 11 else (17, many - 3, 3)
            count -= many
        yield from count * [(depth, 0, 0)]


def _laid_out(bits: Bits, starts: Longs) -> NDArray[np.uint8]:
    """Memory with up to 64 bits at each start, none of them over others."""
    word, shift = starts >> 6, (starts & 63).astype(np.uint64)
    first = np.flatnonzero(np.diff(word, prepend=-1))
    words = np.zeros(int(word[-1]) + 2, "<u8")
    words[word[first]] = np.bitwise_or.reduceat(bits << shift, first)
    words[word[first] + 1] |= np.bitwise_or.reduceat(bits >> 1 >> (63 - shift), first)
    return words.view(np.uint8)


def _lengths() -> tuple[NDArray[np.intp], Bits, Longs]:
    """The symbol of each length below 258, how much more than the symbol's least it is, and in how
    many bits that is told: RFC 1951, 3.2.5."""
    table = [(0, 0, 0)] * 3
    for number in range(28):
        extra = max(0, number // 4 - 1)
        table += [(257 + number, more, extra) for more in range(2**extra)]
    symbol, more, extra = np.array(table[:258]).T
    return symbol, more.astype(np.uint64), extra


_SYMBOL, _MORE, _MORE_BITS = _lengths()
