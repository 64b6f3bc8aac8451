# SPDX-License-Identifier: Apache-2.0
"""IAM as plain data: statements with reasons, and the documents made of them."""
