# SPDX-License-Identifier: Apache-2.0
"""Two versions of an environment compared: what a change makes of permissions and resources."""

WRITERS = {
    "html": "seqera_batch.judge.difference.page",
    "markdown": "seqera_batch.judge.difference.markdown",
    "sarif": "seqera_batch.judge.difference.sarif",
    "json": "seqera_batch.judge.difference.as_json",
    "text": "seqera_batch.judge.difference.text",
}
"""The formats, and the module whose `text(difference)` writes each."""
