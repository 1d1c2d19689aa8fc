"""Drawing with OpenGL 3.3 and later. `moderngl` is imported in this folder alone.

translate -> GLSL text (pure)       context -> a GL context without a window
straight  -> pipelines of one program, its sources compiled piece by piece
warm      -> the same sources compiled by a helper process first, for the driver's cache
"""
