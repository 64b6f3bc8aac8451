# SPDX-License-Identifier: Apache-2.0
"""What the user said: the environment file as frozen, checked data."""
