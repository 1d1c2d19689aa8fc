"""The files that are shown: followed, stepped through, seen side by side, edited."""
