"""Pictures that are right at every pixel centre: bounds in float64, exact numbers where they do not
tell."""
