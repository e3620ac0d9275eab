# SPDX-License-Identifier: BSD-2-Clause
"""The build itself: what is generated is up to date, a second build does nothing and is quick, wrong options are errors."""

import json
import resource
import subprocess
import sys
import time

import pytest
from launcher import paths

pytestmark = pytest.mark.xdist_group("build")  # one SCons at a time


def scons(*arguments):
    return subprocess.run(["scons", "-Q", *arguments], check=False, cwd=paths.TOP, text=True, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300)


def test_abi_reference_is_up_to_date(tmp_path):
    """docs/abi-reference.md is generated, and checked in so that it can be read without building."""
    made = tmp_path / "abi-reference.md"
    subprocess.run([sys.executable, paths.TOP / "tools/abigen.py", paths.TOP / "libl4/abi/abi.toml", "--manual", made], check=True)
    assert (paths.TOP / "docs/abi-reference.md").read_text() == made.read_text(), \
        "run: python3 tools/abigen.py libl4/abi/abi.toml --manual docs/abi-reference.md"


@pytest.mark.parametrize("argument", ["arhc=riscv", "mode=fast", "arch=pdp11"])
def test_wrong_option(argument):
    process = scons("-n", argument)
    assert process.returncode == 2 and argument.split("=")[0] in process.stdout


def processor_time():
    """Seconds that our finished children took of a processor: what else the machine does, does not count."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


YARDSTICK = 0.33  # seconds, where nothing disturbs


def slowness():
    """How many times as long as the YARDSTICK says this processor now takes for work like the build's: a host that is busy elsewhere lends a slower one."""
    begin, words = time.process_time(), {}
    for number in range(400_000):
        words[str(number)] = [number]
    assert sum(len(word) for word in words) == 2_288_890
    return (time.process_time() - begin) / YARDSTICK


def test_second_build_does_nothing_in_two_seconds(arch):
    """But for the database of commands, where files were added since it was written. The best of a few counts, some time apart."""
    times = []
    for pause in (0, 1, 5, 10, 20, 20):
        time.sleep(pause)
        before, slow = processor_time(), slowness()
        done = [line for line in scons(f"arch={arch.name}").stdout.splitlines() if not line.startswith("Building compilation database")]
        times.append((processor_time() - before) / max(1, slow, slowness()))
        assert not [line for line in done if "is up to date" not in line]
        if times[-1] < 2:
            break
    assert min(times) < 2


@pytest.mark.parametrize("mode", ["debug", "release"])
def test_compile_commands_are_of_one_variant(arch, mode):
    entries = json.loads((arch.variant(mode) / "compile_commands.json").read_text())
    assert entries
    assert all(entry["output"].startswith(f"build/{arch.name}-{mode}/") for entry in entries)


def test_every_source_has_a_licence_line():
    """One SPDX line a file, in everything that is checked in but data and the licence itself."""
    listed = subprocess.run(["git", "ls-files"], check=True, cwd=paths.TOP, text=True, stdout=subprocess.PIPE).stdout.split()
    generated = {"LICENSE", "docs/abi-reference.md", "docs/description.schema.json"}
    without = [name for name in listed if name not in generated
               and "SPDX-License-Identifier: BSD-2-Clause" not in (paths.TOP / name).read_text(errors="replace")[:300]]
    assert not without
