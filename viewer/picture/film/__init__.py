"""`prospero film`: a flight from view to view, as a picture file for each frame or as one video.

    Tour -> a grid for each frame -save-> f0001.png, f0002.png, ...
                                  -save-> hidden frames -encoder-> zoom.mp4

`command` is the options, `film` draws, `steps` says where lines of a field are in a frame between
others, `reel` keeps the journal that a stopped film is gone on with from, `video` knows ffmpeg.
"""
