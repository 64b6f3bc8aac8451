# SPDX-License-Identifier: Apache-2.0
"""The version, where it can be read without the names of the package."""

__version__ = "0.2.0"
