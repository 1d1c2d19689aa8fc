"""What hands do: the table of controls, keys, clicks, drags, and the camera that they move."""
