"""`python -m viewer` is the `prospero` command."""

import sys

from viewer.cli import main

sys.exit(main())
