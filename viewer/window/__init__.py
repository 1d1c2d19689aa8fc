"""The window: a session (pure), the table of controls, the watched file, and the glue to GL.

events -> controls -> session (a value) -> panels -> overlay -> screen
file   -> watch -> compiler -> canvas ------------------^
"""
