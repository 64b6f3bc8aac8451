# SPDX-License-Identifier: Apache-2.0
"""`python -m seqera_batch` is `seqera-batch`."""

import sys

from seqera_batch.cli import main

sys.exit(main())
