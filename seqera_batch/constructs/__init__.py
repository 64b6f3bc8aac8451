# SPDX-License-Identifier: Apache-2.0
"""How AWS is told: CDK constructs over a plan."""

from seqera_batch.constructs.forge import BatchForge
from seqera_batch.constructs.queue_access import QueueAccess

__all__ = ["BatchForge", "QueueAccess"]
