# SPDX-License-Identifier: BSD-2-Clause
"""The headers that give programs the names of what they have: compiled, and compared with the manifest's badges."""

import subprocess

import pytest

from composer import description, headers

SYSTEM = """
[schedule.slow-down]
frame = "10ms"
slack = "guest"
windows = [{partition = "monitor", at = "0ms", length = "1ms"}, {partition = "console", at = "1ms", length = "1ms"},
           {partition = "app", at = "2ms", length = "1ms"}, {partition = "driver", at = "3ms", length = "1ms"}]
[partition.app]
priority = 50
timer = true
schedules = ["slow-down"]
keep = "12K"
on_fault = "restart"
[partition.driver]
priority = 100
[partition.guest]
kind = "guest"
priority = 10
[[channel]]
name = "ask"
kind = "call"
from = "app"
to = "driver"
[[channel]]
name = "guest-asks"
kind = "call"
from = "guest"
slot = 3
to = "driver"
[[channel]]
name = "kick"
kind = "signal"
from = "app"
to = "driver"
[[channel]]
name = "data-in"
kind = "memory"
size = "8K"
from = "driver"
to = "app"
[[channel]]
name = "speed"
kind = "sampling"
size = 48
refresh = "20ms"
from = "driver"
to = "app"
[[channel]]
name = "orders"
kind = "queuing"
size = "1K"
depth = 7
from = "app"
to = "driver"
[[channel]]
name = "events"
kind = "queuing"
size = 20
depth = 3
overflow = "oldest"
from = "driver"
to = "app"
[[channel]]
name = "told"
kind = "queuing"
size = 20
depth = 3
from = "guest"
to = "app"
[device.clock]
owner = "driver"
registers = ["0x101000", "4K"]
interrupt = 11
"""

APP = """\
#include <system/app.h>
_Static_assert(sizeof(SYSTEM_CHANNEL_ASK) == sizeof("ask"), "");
_Static_assert(SYSTEM_CHANNEL_DATA_IN_SIZE == 8192 && SYSTEM_CHANNEL_DATA_IN_BIT == 2 && SYSTEM_TIMER_BIT == 1, "");
_Static_assert(SYSTEM_KEEP_SIZE == 12288, "");
_Static_assert(sizeof(SYSTEM_SCHEDULE_SLOW_DOWN) == sizeof("slow-down"), "");
const char *const names[] = {SYSTEM_NAME, SYSTEM_PARTITION, SYSTEM_CHANNEL_ASK, SYSTEM_CHANNEL_KICK, SYSTEM_CHANNEL_DATA_IN, SYSTEM_CHANNEL_DATA_IN_SIGNAL};
_Static_assert(SYSTEM_CHANNEL_SPEED_SIZE == 48 && SYSTEM_CHANNEL_ORDERS_SIZE == 1024 && SYSTEM_CHANNEL_ORDERS_DEPTH == 7, "");
_Static_assert(SYSTEM_CHANNEL_SPEED_BIT == 4 && SYSTEM_CHANNEL_ORDERS_BIT == 8 && SYSTEM_CHANNEL_EVENTS_BIT == 16, "");
const char *const ports[] = {SYSTEM_CHANNEL_SPEED, SYSTEM_CHANNEL_ORDERS, SYSTEM_CHANNEL_EVENTS};
#ifdef SYSTEM_CHANNEL_ASK_BADGE
#error what the other end finds
#endif
"""

DRIVER = """\
#include <system/driver.h>
_Static_assert(SYSTEM_CHANNEL_ASK_BADGE == 1 && SYSTEM_CHANNEL_GUEST_ASKS_BADGE == 2, "callers are told apart");
_Static_assert(SYSTEM_CHANNEL_KICK_BIT == 2 && SYSTEM_CHANNEL_DATA_IN_BIT == 4 && SYSTEM_DEVICE_CLOCK_BIT == 16, "bits are told apart");
_Static_assert(SYSTEM_CHANNEL_ORDERS_BIT == 8, "");
#if defined(SYSTEM_CHANNEL_SPEED_BIT) || defined(SYSTEM_CHANNEL_EVENTS_BIT)
#error nobody signals who writes values or gives up the oldest message
#endif
_Static_assert(SYSTEM_DEVICE_CLOCK_SIZE == 4096, "");
const char *const names[] = {SYSTEM_CHANNEL_DATA_IN, SYSTEM_DEVICE_CLOCK, SYSTEM_DEVICE_CLOCK_IRQ};
#if defined(SYSTEM_TIMER_BIT) || defined(SYSTEM_KEEP_SIZE) || defined(SYSTEM_SCHEDULE_SLOW_DOWN)
#error it has no timer, keeps nothing and chooses no schedule table
#endif
"""

GUEST = """\
#include <system/guest.h>
_Static_assert(SYSTEM_CHANNEL_GUEST_ASKS_SLOT == 3, "");
_Static_assert(SYSTEM_CHANNEL_TOLD_SIZE == 20 && SYSTEM_CHANNEL_TOLD_DEPTH == 3, "");
const char *const path = "/dev/virtio-ports/" SYSTEM_CHANNEL_TOLD;
#ifdef SYSTEM_CHANNEL_TOLD_BIT
#error its VMM waits for that
#endif
"""


@pytest.fixture
def texts(tmp_path):
    path = tmp_path / "s.toml"
    path.write_text(SYSTEM, encoding="utf-8")
    return headers.headers(description.load(path, "riscv"))


@pytest.mark.parametrize("source", [APP, DRIVER, GUEST], ids=["app", "driver", "guest"])
def test_programs_compile(texts, source, tmp_path):
    (tmp_path / "system").mkdir()
    for name, text in texts.items():
        (tmp_path / "system" / name).write_text(text, encoding="ascii")
    (tmp_path / "program.c").write_text(source, encoding="ascii")
    command = ["gcc", "-std=c11", "-Wall", "-Wextra", "-Werror", "-I", tmp_path, "-c", tmp_path / "program.c", "-o", tmp_path / "program.o"]
    result = subprocess.run(command, check=False, text=True, capture_output=True)
    assert result.returncode == 0, result.stderr


def test_each_partition_has_one(texts):
    assert list(texts) == ["app.h", "driver.h", "guest.h"]
    assert all(text.startswith("/* SPDX-License-Identifier") and "#pragma once" in text for text in texts.values())


def test_names_agree_with_the_startup_block(texts):
    assert '#define SYSTEM_CHANNEL_DATA_IN_SIGNAL "data-in.signal"\n' in texts["app.h"]
    assert '#define SYSTEM_DEVICE_CLOCK_IRQ "clock.irq"\n' in texts["driver.h"]


def test_they_are_written(tmp_path):
    (tmp_path / "s.toml").write_text(SYSTEM, encoding="utf-8")
    headers.write(description.load(tmp_path / "s.toml", "riscv"), tmp_path / "include")
    assert sorted(path.name for path in (tmp_path / "include" / "system").iterdir()) == ["app.h", "driver.h", "guest.h"]
