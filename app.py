#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The CDK app: a stack for each environment file. `cdk deploy -c environment=FILE[,FILE…]`."""

from __future__ import annotations

import sys

from seqera_batch.loading_cdk import load_cdk, node_at_work, synthesize
from seqera_batch.own_process import be_brief
from seqera_batch.problems import ConfigError
from seqera_batch.runtime import prepare

DEFAULT_FILE = "seqera.yaml"


def main() -> None:
    """Synthesize the environment files that the context names."""
    try:
        prepare()
        load_cdk(validate=True)
        # Node.js is chosen before CDK loads, and this process is made short before pydantic does.
        from seqera_batch.config.check import ForgeConfig  # noqa: PLC0415
        from seqera_batch.stack import add_environments, new_app  # noqa: PLC0415

        with node_at_work():
            app = new_app()
            said = str(app.node.try_get_context("environment") or "")
            files = [file for part in said.split(",") if (file := part.strip())] or [DEFAULT_FILE]
            add_environments(app, [ForgeConfig.from_file(file) for file in files])
            synthesize(app)
    except ConfigError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    be_brief()
    main()
