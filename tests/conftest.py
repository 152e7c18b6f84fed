"""What all tests share: in CI the laws are tried on the same examples every time; elsewhere on new ones."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# How long an example takes to draw says something of the machine, nothing of the law.
settings.register_profile("anywhere", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("anywhere"), derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "anywhere")
