"""Pictures that leave the window: files, by a form or at once, and the clipboard."""
