# SPDX-License-Identifier: Apache-2.0
"""What a reviewer reads before signing: an environment told whole, as data, page and picture."""

WRITERS = {
    "html": "seqera_batch.judge.report.page",
    "markdown": "seqera_batch.judge.report.markdown",
    "sarif": "seqera_batch.judge.report.sarif",
    "json": "seqera_batch.judge.report.as_json",
    "text": "seqera_batch.judge.report.text",
}
"""The formats, and the module whose `text(reviews)` writes each."""
