# SPDX-License-Identifier: BSD-2-Clause
"""`./bulkhead run`, `build` with the name of a system, as a user types them."""

import hashlib
import io
import re
import subprocess

import pytest
from elftools.elf.elffile import ELFFile
from harness.commands import bulkhead
from launcher import errors, faultlines, paths

pytestmark = pytest.mark.xdist_group("build")  # the launcher builds

def test_hello_says_hello_and_ends(arch):
    process = bulkhead("run", "hello", "--arch", arch.name)
    assert process.returncode == errors.OK, process.told
    assert "Hello from partition 'hello'." in process.stdout


def test_description_of_ones_own_runs_from_anywhere(arch, tmp_path):
    (tmp_path / "mine.toml").write_text('[partition.greeter]\nprogram = "hello"\npriority = 7\n')
    process = bulkhead("run", "mine.toml", "--arch", arch.name, folder=tmp_path)
    assert process.returncode == errors.OK, process.told
    assert "Hello from partition 'greeter'." in process.stdout


def test_partition_that_fails_is_told_by_the_status(arch, tmp_path):
    (tmp_path / "mine.toml").write_text('[partition.greeter]\nprogram = "control"\npriority = 7\n')
    process = bulkhead("run", "mine.toml", "--arch", arch.name, "--timeout", "300", folder=tmp_path)
    assert process.returncode == errors.GUEST_FAILED, process.told


def test_fault_is_told_with_its_source_line(arch, tmp_path):
    """One of a program's own file, to which the description leads; it writes where it may only read."""
    (tmp_path / "mine.toml").write_text("""
[partition.writer]
priority = 100
on_fault = "halt"
[partition.page-reader]
priority = 90
[[channel]]
name = "many"
kind = "memory"
from = "page-reader"
to = "writer"
size = "4K"
""")
    process = bulkhead("run", "mine.toml", "--arch", arch.name, "--timeout", "300", folder=tmp_path)
    assert process.returncode == errors.SYSTEM_FAILED
    told = re.search(r"bulkhead: the program of 'writer' was in main \(userland/pages/writer.c:\d+\)\n", process.stdout)
    assert told, process.told
    console = process.stdout.replace(told[0], "")  # the launcher speaks while the machine does, perhaps in the middle of a line
    assert "partition 'writer': the program wrote to address 0x3000" in console
    assert "which lies in 'many': it may only read that, and not write (pc 0x" in console
    assert "partition 'writer': hint: the other end of the channel writes it; `two_way = true` lets both" in console


def test_what_a_guest_did_is_told_with_its_source_line(arch):
    """A guest kernel that has debug information, and can handle no trap any more."""
    kernel = arch.variant("release") / "tests" / "guest" / "testkernel.elf"
    process = bulkhead("run", "--arch", arch.name, "--kernel", str(kernel), "--append", "mode=vector", "--timeout", "300")
    assert process.returncode == errors.GUEST_FAILED, process.told
    told = re.search(rf"bulkhead: the kernel of guest 'guest' was in \w+ \(tests/guest/kernel/arch/{arch.name}/\w+\.[ch]:\d+\)\n", process.stdout)
    assert told, process.told


@pytest.mark.parametrize("keep, told", [("--strip-debug", "main"), ("--strip-all", None)])
def test_without_debug_information_the_function_is_told_if_it_is_known(arch, tmp_path, keep, told):
    program = arch.variant("release") / "userland" / "hello.elf"
    with open(program, "rb") as file:
        address = ELFFile(file).get_section_by_name(".symtab").get_symbol_by_name("main")[0]["st_value"]
    subprocess.run([arch.addr2line.replace("addr2line", "objcopy"), keep, program, tmp_path / "program"], check=True)
    assert faultlines.source_line(arch.addr2line, program, address).startswith("main (userland/hello/main.c:")
    assert faultlines.source_line(arch.addr2line, tmp_path / "program", address) == told


def test_faults_that_a_partition_only_claims_cost_a_bounded_number_of_look_ups(monkeypatch):
    """Whoever writes to the console can write what the monitor does, and QEMU waits for who reads it."""
    asked, told = [], io.StringIO()
    monkeypatch.setattr(faultlines, "source_line", lambda _addr2line, _program, pc: asked.append(pc) or f"f{pc}")
    watch = faultlines.FaultLines("addr2line", {("control", "program"): "control.elf"}, told)
    for pc in [*range(1, 10000), 1]:
        watch.feed(b"partition 'control': the program x (pc %#x, )\n" % pc)
    assert asked == list(range(1, faultlines.PLACES_MOST + 1))
    assert told.getvalue().splitlines()[-1].endswith("was in f1")


def test_same_description_same_bytes(arch):
    bundle = arch.variant("release") / "systems" / "channels" / "bundle.cpio"
    made = []
    for _ in range(2):
        process = bulkhead("build", "channels", "--arch", arch.name, "--mode", "release")
        assert process.returncode == errors.OK and str(bundle.relative_to(paths.TOP)) in process.stdout, process.told
        made.append(bundle.read_bytes())
        bundle.unlink()
    assert made[0] == made[1]
    assert '#define SYSTEM_CHANNEL_TICKS "ticks"' in (bundle.parent / "include/system/reader.h").read_text()


def test_disk_of_the_command_line_takes_the_place_of_the_descriptions(arch, tmp_path):
    """Which here is read-only, and has no file."""
    content = b"sector " * 512
    (tmp_path / "data.img").write_bytes(content)
    (tmp_path / "mine.toml").write_text(f"""
[partition.guest]
kind = "guest"
memory = "128M"
priority = 50
console = "attached"
disk = "none.img"
disk_read_only = true
command_line = '{arch.command_line} bulkhead.run="md5sum /dev/vda; echo x >/dev/vda; echo write $?; cat /sys/block/vda/ro"'
""")
    process = bulkhead("run", "mine.toml", "--arch", arch.name, "--disk", "data.img", folder=tmp_path)
    assert process.returncode == errors.OK, process.told
    printed = process.stdout.replace("\r", "")
    assert f"{hashlib.md5(content).hexdigest()}  /dev/vda\n" in printed
    assert re.search(r"write 1\n(\[.*\n)*1\n", printed), process.told
    assert (tmp_path / "data.img").read_bytes() == content


def test_unknown_system_is_told(arch):
    process = bulkhead("run", "linnux", "--arch", arch.name)
    assert process.returncode == errors.DESCRIPTION
    assert "there is no system 'linnux'; there are channels, cockpit, hello, linux" in process.stdout


def test_errors_of_a_description_come_before_anything_is_done(tmp_path):
    (tmp_path / "mine.toml").write_text('[partition.a]\npriority = 300\n\n[partition.B]\npriority = 1\n')
    process = bulkhead("run", "mine.toml", folder=tmp_path)
    assert process.returncode == errors.DESCRIPTION
    assert "mine.toml:2: partition.a.priority: " in process.stdout and "mine.toml:4: partition.B: " in process.stdout
