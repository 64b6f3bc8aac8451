# SPDX-License-Identifier: Apache-2.0
"""What a reviewer reads before signing: an environment told whole, as data, page and picture."""
