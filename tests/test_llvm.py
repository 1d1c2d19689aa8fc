"""Opcodes and programs as LLVM text: pages."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from viewer import parse
from viewer.engines.kernel import translate
from viewer.engines.llvm import Lanes, recipe
from viewer.program import OPS

pytest.importorskip("llvmlite", reason="llvmlite is missing (the extra `jit`)")


def test_an_op_as_llvm_text() -> None:
    guarded = recipe(OPS["min"], Lanes(np.float32, 16), (True, False))
    assert guarded.body.splitlines() == [
        "{out}.0 = fcmp olt <16 x float> {0}, {1}",
        "{out}.1 = select <16 x i1> {out}.0, <16 x float> {0}, <16 x float> {1}",
        "{out}.2 = fcmp uno <16 x float> {0}, {0}",
        "{out}.3 = select <16 x i1> {out}.2, <16 x float> {0}, <16 x float> {out}.1",
    ]
    assert guarded.result == "{out}.3"
    plain = recipe(OPS["min"], Lanes(np.float64, 1), (False, True))
    assert plain.body.splitlines() == [
        "{out}.0 = fcmp olt double {0}, {1}",
        "{out}.1 = select i1 {out}.0, double {0}, double {1}",
    ]
    sine = recipe(OPS["sin"], Lanes(np.float32, 4), (True,))
    assert sine.body == "{out}.0 = call <4 x float> @each.sinf(<4 x float> {0})"
    assert "declare float @sinf(float)" in sine.needs


def test_a_program_as_llvm_text() -> None:
    program = parse(b"x var-x\ny var-y\na square x\nb square y\nc const 0.1\nd sub a c\ne add d b")
    kernel = translate(program, Lanes(np.float32, 8), np.ones(7, np.bool_))
    assert (kernel.row_size, kernel.column_size, kernel.frame_size) == (3, 2, 0)
    lines = kernel.text.splitlines()
    computed = [line for line in lines if " = f" in line]
    assert computed == [
        "%v3.0 = fmul float %v1, %v1",  # y * y: one number a row
        "%v2.0 = fmul <8 x float> %v0, %v0",  # x * x - 0.1: a vector a column
        "%v5.0 = fsub <8 x float> %v2.0, splat (float 0x3FB99999A0000000)",
        "%v6.0 = fadd <8 x float> %v5, %v3",
    ]


def test_an_opcode_that_numpy_alone_can_compute_is_refused_by_name() -> None:
    op = replace(OPS["exp"], name="cube-root", point=np.cbrt)
    with pytest.raises(TypeError, match="cbrt"):
        recipe(op, Lanes(np.float32, 8), (True,))
