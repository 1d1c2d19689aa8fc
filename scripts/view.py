"""Sets everything up and opens the viewer: `python3 scripts/view.py [FILE] [options]`.

Without FILE it opens a bundled shape; on a machine without a display it renders a picture.
"""

import bootstrap


def main(arguments: list[str]) -> int:
    """Sets up, then becomes the `prospero` command with the arguments."""
    python = bootstrap.set_up(["gl"])
    # -P: a folder `viewer` in the user's own folder must not be taken for ours.
    return bootstrap.hand_over([python, "-P", "-m", "viewer", *arguments])


if __name__ == "__main__":
    bootstrap.start(main)
