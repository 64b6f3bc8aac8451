# SPDX-License-Identifier: Apache-2.0
"""`BatchForge` in an app of one's own: the first argument is where, the others are the files."""

from __future__ import annotations

import sys

from seqera_batch.runtime import use_bundled_node

use_bundled_node()

import aws_cdk as cdk  # noqa: E402 - Node.js is chosen first

from seqera_batch import BatchForge, ForgeConfig  # noqa: E402


def main() -> None:
    """Synthesize a stack for each file."""
    app = cdk.App(
        outdir=sys.argv[1], analytics_reporting=False, builtin_cloud_formation_validation=False
    )
    for file in sys.argv[2:]:
        config = ForgeConfig.from_file(file)
        stack = cdk.Stack(app, config.name, env=cdk.Environment(region=config.region))
        BatchForge(stack, "Forge", config=config)
    app.synth()


if __name__ == "__main__":
    main()
