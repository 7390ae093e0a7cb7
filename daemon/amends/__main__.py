"""`python -m amends`: the same as the console script."""

import sys

from amends.cli import main

sys.exit(main())
