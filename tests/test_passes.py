"""Passes: each keeps the field, does what its docstring says, and costs what it says."""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import oracle
from tests.evaluation import evaluated, every_value
from tests.strategies import EXACT_WORDS, numbers, programs, shapes
from viewer.passes import PASSES, fold, merge, optimise, prune, verify
from viewer.program import OPS, Instr, Program, parse

ANY = st.one_of(programs(), shapes())


def program(text: str) -> Program:
    return parse(text.encode(), "p")


def shown(found: Program) -> str:
    """A page: `v2 add v0 v1`, one line a value, without what is never read back."""
    return found.text().replace("_", "v").strip()


def exact(found: Program, x: Fraction, y: Fraction) -> oracle.Real:
    return oracle.real(oracle.read(found.text()), x, y, Fraction(1, 3))


# --- the field is kept -----------------------------------------------------------------------


@pytest.mark.parametrize("rewrite", [merge, prune])
@given(text=ANY)
def test_merge_and_prune_keep_every_bit(rewrite: Callable[[Program], Program], text: str) -> None:
    before, after = program(text), verify(rewrite(program(text)))
    np.testing.assert_array_equal(evaluated(after), evaluated(before))
    with np.errstate(all="ignore"):
        signs = np.signbit(evaluated(after)), np.signbit(evaluated(before))
    np.testing.assert_array_equal(*signs)
    assert len(after) <= len(before)
    assert after.name == before.name


@pytest.mark.parametrize("rewrite", [*PASSES, optimise])
@given(text=programs(words=EXACT_WORDS), x=numbers(), y=numbers())
def test_every_pass_keeps_the_value_over_the_reals(
    rewrite: Callable[[Program], Program], text: str, x: float, y: float
) -> None:
    """Exactly: the oracle's fractions before and after are equal."""
    before = program(text)
    try:
        expected = exact(before, Fraction(x), Fraction(y))
    except oracle.UndecidedError:
        return
    assert exact(verify(rewrite(before)), Fraction(x), Fraction(y)) == expected


@pytest.mark.parametrize("rewrite", [*PASSES, optimise])
@given(text=programs(), x=numbers(), y=numbers())
def test_every_pass_keeps_the_value_of_any_program(
    rewrite: Callable[[Program], Program], text: str, x: float, y: float
) -> None:
    """Enclosures of the value before and after overlap."""
    before = program(text)
    after = verify(rewrite(before))
    try:
        a = exact(before, Fraction(x), Fraction(y))
        b = exact(after, Fraction(x), Fraction(y))
    except oracle.UndecidedError:
        return
    if a is None or b is None:
        assert a is b
    else:
        assert max(a.low, b.low) <= min(a.high, b.high)


def test_a_model_keeps_its_field(model: Path) -> None:
    """Bit for bit: bundled and shared models have no constants whose folding shows."""
    before = parse(model.read_bytes())
    for rewrite in (merge, prune):
        np.testing.assert_array_equal(evaluated(rewrite(before)), evaluated(before))
    np.testing.assert_allclose(evaluated(optimise(before)), evaluated(before), rtol=1e-9)


@given(text=ANY)
def test_passes_are_idempotent(text: str) -> None:
    for rewrite in (*PASSES, optimise):
        once = rewrite(program(text))
        assert rewrite(once) == once


@given(text=ANY)
def test_passes_keep_lines_of_the_source(text: str) -> None:
    """So that an error of the driver can name one."""
    before = program(text)
    lines = {instr.line for instr in before.instrs}
    for rewrite in (*PASSES, optimise):
        after = rewrite(before)
        assert {instr.line for instr in after.instrs} <= lines


# --- what each does --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("a const 0.1\nb const 0.2\nc add a b", "v0 const 0.1\nv1 const 0.2\nv2 const 0.3"),
        ("a const 1\nb const 3\nc div a b", "v0 const 1\nv1 const 3\nv2 div v0 v1"),
        ("a const 2\nb sqrt a", "v0 const 2\nv1 sqrt v0"),
        ("a const -4\nb sqrt a", "v0 const -4\nv1 sqrt v0"),
        ("a const 4\nb sqrt a", "v0 const 4\nv1 const 2"),
        ("a const 0\nb recip a", "v0 const 0\nv1 recip v0"),
        ("a const 0\nb neg a\nc recip b", "v0 const 0\nv1 const -0\nv2 recip v1"),
        ("a const 0\nb sin a", "v0 const 0\nv1 sin v0"),
        ("x var-x\na const 0\nb mul x a", "v0 var-x\nv1 const 0\nv2 mul v0 v1"),
        ("a const 1e400\nb const -1e400\nc add a b\nd sub c c", None),
        ("a const -2.5\nb round a", "v0 const -2.5\nv1 const -3"),
    ],
)
def test_fold_pages(text: str, page: str | None) -> None:
    found = fold(program(text))
    if page is None:
        assert found.instrs[-1].value == 0
    else:
        assert shown(found) == page


DYADIC = st.sampled_from(("0", "-0", "1", "-1", "0.5", "-2.5", "4", "7"))
UNSIGNED = ("min", "max", "mod")  # IEEE does not say which zero they give


@given(text=programs([w for w in EXACT_WORDS if w not in UNSIGNED], DYADIC, ()))
def test_folding_short_numbers_keeps_every_bit(text: str) -> None:
    """Where float64 is exact too: infinities and the signs of zeros stay what they were."""
    sizes = abs(np.array(every_value(program(text))))
    ordinary = sizes[np.isfinite(sizes) & (sizes != 0)]
    if ((ordinary > 2.0**20) | (ordinary < 2.0**-20)).any():
        return
    before, after = evaluated(program(text)), evaluated(fold(program(text)))
    np.testing.assert_array_equal(after, before)
    with np.errstate(all="ignore"):
        np.testing.assert_array_equal(1 / after, 1 / before)


@given(text=ANY)
def test_fold_leaves_indices_and_variables(text: str) -> None:
    """And computes no longer number: 64 digits are the most, or as many as were given."""
    before, after = program(text), fold(program(text))
    given_ = [len(instr.value.as_tuple().digits) for instr in before.instrs if instr.value]
    assert len(after) == len(before)
    for old, new in zip(before.instrs, after.instrs, strict=True):
        assert new == old or (new.op.constant and old.op.arity > 0)
        if new.value is not None:
            assert len(new.value.as_tuple().digits) <= max(64, *given_, 0)


@given(text=programs(leaves=()), data=st.data())
def test_fold_does_not_depend_on_the_context(text: str, data: st.DataObject) -> None:
    """Someone else's decimal precision is theirs."""
    import decimal

    with decimal.localcontext() as context:
        context.prec = data.draw(st.integers(1, 30))
        found = fold(program(text))
    assert found == fold(program(text))


@pytest.mark.parametrize(
    ("text", "page"),
    [
        (
            "x var-x\ny var-y\na add x y\nb add y x\nc mul a b",
            "v0 var-x\nv1 var-y\nv2 add v0 v1\nv3 mul v2 v2",
        ),
        (
            "x var-x\ny var-y\na sub x y\nb sub y x\nc mul a b",
            "v0 var-x\nv1 var-y\nv2 sub v0 v1\nv3 sub v1 v0\nv4 mul v2 v3",
        ),
        ("x var-x\na neg x\nb neg x", "v0 var-x\nv1 neg v0"),
        ("x var-x\na neg x\nz var-x", "v0 var-x"),
        ("a const 1\nb const 1.0\nc const 10e-1\nd add b c", "v0 const 1\nv1 add v0 v0"),
        ("a const 0\nb const -0\nc add a b", "v0 const 0\nv1 const -0\nv2 add v0 v1"),
        ("a const 1\nb const 1e-400\nc add a b", "v0 const 1\nv1 const 1E-400\nv2 add v0 v1"),
    ],
)
def test_merge_pages(text: str, page: str) -> None:
    assert shown(merge(program(text))) == page


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("x var-x\ny var-y\na neg x", "v0 var-x\nv1 neg v0"),
        ("x var-x\ny var-y", "v0 var-y"),
        ("x var-x", "v0 var-x"),
        ("x var-x\na neg x\nb neg a\nc neg x", "v0 var-x\nv1 neg v0"),
    ],
)
def test_prune_pages(text: str, page: str) -> None:
    assert shown(prune(program(text))) == page


@given(text=ANY)
def test_prune_leaves_nothing_dead(text: str) -> None:
    found = prune(program(text))
    read = {arg for instr in found.instrs for arg in instr.args}
    assert read == set(range(len(found) - 1))


@given(text=ANY)
def test_merge_leaves_nothing_twice(text: str) -> None:
    found = merge(program(text))
    keys = [
        (op.name, tuple(sorted(args)) if op.commutative else args, value and str(value.normalize()))
        for op, args, value, _ in found.instrs
        if value != 0
    ]
    assert len(keys) == len(set(keys))


# --- the verifier ----------------------------------------------------------------------------

X, Y, C = Instr(OPS["var-x"]), Instr(OPS["var-y"]), Instr(OPS["const"], (), Decimal(1))


@pytest.mark.parametrize(
    ("instrs", "complaint"),
    [
        ((), "empty program"),
        ((X, Instr(OPS["neg"], (1,))), "value 1: operand 1 is not an earlier value"),
        ((Instr(OPS["neg"], (1,)), X), "value 0: operand 1 is not an earlier value"),
        ((X, Instr(OPS["neg"], (-1,))), "value 1: operand -1 is not an earlier value"),
        ((X, Instr(OPS["neg"], ())), "value 1: neg with 0 operands"),
        ((X, Y, Instr(OPS["neg"], (0, 1))), "value 2: neg with 2 operands"),
        ((X, Instr(OPS["add"], (0,))), "value 1: add with 1 operands"),
        ((X, Instr(OPS["var-y"], (0,))), "value 1: var-y with 1 operands"),
        ((Instr(OPS["const"]),), "value 0: const with the number None"),
        ((Instr(OPS["var-x"], (), Decimal(1)),), "value 0: var-x with the number 1"),
        ((X, Instr(OPS["neg"], (0,), Decimal(0))), "value 1: neg with the number 0"),
    ],
)
def test_verify_names_what_is_broken(instrs: tuple[Instr, ...], complaint: str) -> None:
    with pytest.raises(AssertionError) as caught:
        verify(Program(instrs))
    assert str(caught.value) == complaint


@given(text=ANY)
def test_verify_returns_what_is_sound(text: str) -> None:
    found = program(text)
    assert verify(found) is found


def test_optimise_verifies_after_every_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(found: Program) -> Program:
        return Program((Instr(OPS["neg"], (0,)),), found.name)

    monkeypatch.setattr("viewer.passes.PASSES", (fold, broken))
    with pytest.raises(AssertionError, match="not an earlier value"):
        optimise(Program((X,)))
    with pytest.raises(AssertionError, match="empty program"):
        optimise(Program(()))
