"""Every engine side by side: how long it takes, what it needs, whether its picture is right.

options -command-> cases -race-> Row a case and engine -table-> text, -plot-> SVG, or JSON

growth    a file as cases: one, or of growing size or growing program
race      sizes every engine up, then has them draw in turns
process   an engine in a process of its own      worker    the other end of it
stand     the engine on its stand, with a clock  fill      the least that a picture costs
"""
