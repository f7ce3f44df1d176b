"""Tests see the shipped tables only: what this machine made for itself stays out."""

from __future__ import annotations

import os
import tempfile

os.environ["ZONE_ROLE"] = "admin"  # tests of roles say otherwise
os.environ["ZONE_LOCAL"] = tempfile.mkdtemp(prefix="zone-local-")
