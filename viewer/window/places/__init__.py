"""Where the window looks, has looked and may look: history, marked places, the map."""
