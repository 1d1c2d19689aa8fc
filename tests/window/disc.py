"""What most tests of the window look at."""

SIZE = (1024, 768)
"""The window's own size, in pixels."""
CENTRE = (SIZE[0] / 2, SIZE[1] / 2)


def disc(x: float = 0.0, y: float = 0.0, squared_radius: float = 0.25) -> bytes:
    """A program of a disc."""
    return f"""# a disc
_0 var-x
_1 var-y
_2 const {x}
_3 const {y}
_4 sub _0 _2
_5 sub _1 _3
_6 square _4
_7 square _5
_8 add _6 _7
_9 const {squared_radius}
_a sub _8 _9
""".encode()


def folded(times: int) -> bytes:
    """Stripes, folded that many times: three lines each, and a driver is slow to compile them."""
    lines = ["x var-x", "y var-y", "t0 add x y"]
    for index in range(times):
        lines += [f"c{index} const 0.{137 + index * 37 % 101}", f"s{index} sub t{index} c{index}"]
        lines += [f"t{index + 1} abs s{index}"]
    return "\n".join([*lines, "edge const 0.05", f"root sub t{times} edge"]).encode()
