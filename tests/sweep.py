"""How much a sweep over routes, callers and bodies tries: samples, or with SWEEP=all everything.

The suite samples where only the product of all is large; `make soak` tries the whole product.
"""

from __future__ import annotations

import os

#: Nothing is left out.
EVERYTHING = os.environ.get("SWEEP") == "all"
