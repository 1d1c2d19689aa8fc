"""Zoom without limit: what is drawn, and decided, where floating point has no digits left."""
