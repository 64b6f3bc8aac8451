# SPDX-License-Identifier: Apache-2.0
"""From Seqera Platform and back: imports, exports, stack outputs, the head job's definition."""
