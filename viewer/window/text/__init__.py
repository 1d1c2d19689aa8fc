"""What lies over the picture: panels, numbers, labels and the grid, as values and as pixels."""
