"""What can go wrong, as one tree. `str(error)` is one line for the user.

ViewerError                the input or the drawing failed           exit status 1
+-- ParseError             a line of a program is wrong: place, found, expected
+-- FileError              a file cannot be read or written
|   +-- ExistsError        a file would be overwritten
+-- DrawError              an engine or the driver refused
+-- UsageError             an option or a view is written wrongly    exit status 2
+-- NoDeviceError          nothing here can draw                     exit status 3
"""


class ViewerError(Exception):
    """The base of every error that is the user's to see."""

    exit_status = 1


class ParseError(ViewerError):
    """A program's text is wrong at one place.

    `line` and `column` count from 1, columns in characters. `text` is the offending line as it
    can be shown, with `column` pointing into it. `path` is the name the program was given.
    """

    def __init__(self, path: str, line: int, column: int, message: str, text: str = "") -> None:
        super().__init__(f"{path}:{line}:{column}: {message}")
        self.path, self.line, self.column = path, line, column
        self.message, self.text = message, text


class FileError(ViewerError):
    """A file cannot be read or written: which one, what was found, what was expected."""


class ExistsError(FileError):
    """A file would be overwritten, and nobody asked for that."""


class DrawError(ViewerError):
    """An engine or the driver refused to draw, and why."""


class UsageError(ViewerError):
    """An option, a size or a view is written wrongly."""

    exit_status = 2


class NoDeviceError(ViewerError):
    """There is no way to draw here, and what would give one."""

    exit_status = 3
