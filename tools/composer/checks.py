# SPDX-License-Identifier: BSD-2-Clause
"""Whether a system's tables fit together. What is wrong is noted in a problems.Problems, all of it."""

from . import check_channels, check_devices, check_machine_watchdog, check_memory, check_partitions, check_schedules, commands, graph, health, schedule
from .problems import Problems

ALL = (check_partitions.check, check_memory.check, check_schedules.check, schedule.check, check_channels.check, check_devices.check, commands.check, health.check,
       check_machine_watchdog.check, graph.check)


def run(system, problems):
    """Notes what is wrong with SYSTEM. A check whose keys are wrong already is left out: it would only tell consequences."""
    for check in ALL:
        check(system, problems)


def check(system):
    """The same for a system that was changed after it was read; raises a DescriptionError."""
    problems = Problems(system.places)
    run(system, problems)
    problems.finish()
