# SPDX-License-Identifier: Apache-2.0
"""Whether it is night: what `make nightly` tries beside what `make test` does."""

from __future__ import annotations

import os

AT_NIGHT = bool(os.environ.get("SEQERA_BATCH_NIGHTLY"))
"""Set by `make nightly`. What is marked `nightly` runs then alone; CONTRIBUTING.md says why."""
