"""Sign mode: only inside and outside matter, so a program is a boolean formula over quadratics."""

from viewer.sign.formula import Formula, Literal, Node, sign_form

__all__ = ["Formula", "Literal", "Node", "sign_form"]
