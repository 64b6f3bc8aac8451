# SPDX-License-Identifier: Apache-2.0
"""Two versions of an environment compared: what a change makes of permissions and resources."""
