# SPDX-License-Identifier: Apache-2.0
"""What Seqera publishes for the same purpose, and how ours differs."""
