# SPDX-License-Identifier: Apache-2.0
"""Facts about AWS and Seqera with their sources: every limit, port, prefix and default."""
