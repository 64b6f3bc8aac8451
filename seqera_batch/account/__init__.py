# SPDX-License-Identifier: Apache-2.0
"""What is so in an account, read and judged, and never changed.

`reading` is the only door to AWS. Of each command one module reads facts and judges them, and
`leaves` has all that any of them can answer.
"""
