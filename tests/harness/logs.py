# SPDX-License-Identifier: BSD-2-Clause
"""Where the logs of a test run are kept: one folder a test, or one a shared run."""

import re

from launcher import testing

LOGS = testing.LOGS


def of_test(node_id):
    """The folder of one test's logs."""
    return LOGS / re.sub(r"[^\w.=-]+", "_", node_id)
