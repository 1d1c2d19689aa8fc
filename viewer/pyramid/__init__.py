"""Pictures in tiles at every scale, for the web: Deep Zoom folders and a page that shows them.

Grid, views -plan-> Pyramids, batches -crew-> tiles -folder-> DIR/index.html, DIR/*_files/...

levels    what a level is, exactly, and how it is cut into tiles
plan      which levels there are, where: all of a picture, and more around views
draw      a batch of tiles, the same bytes wherever it is drawn
crew      who draws: processes here, or a Dask cluster
folder    files that are whole, and where a run that was stopped goes on
page      the .dzi files and the page
"""
