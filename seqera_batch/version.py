# SPDX-License-Identifier: Apache-2.0
"""The release's number, once."""

__version__ = "0.1.0"
