# SPDX-License-Identifier: BSD-2-Clause
"""Our own test kernel (kernel/) as a guest of each architecture; on RISC-V also natively, since a guest must see no difference."""

import pytest
from harness import boot as booting
from harness import protocol
from harness.logs import LOGS
from launcher import arches, machine
from launcher import system as systems

TIMEOUT = 300

# What each run boots: options of booting.start, by architecture; and whether the guest has a disk. The hart without Sstc gives the guest its timer by other means.
VARIANTS = {
    "riscv": {
        "debug": {},
        "nofast": {"kernel": "bulkhead-nofast.elf"},
        "release": {"mode": "release"},
        "nosstc": {"cpu": "rv64,h=true,sstc=false"},
        "smp4": {"smp": 4, "disk": True},
    },
    "x86_64": {
        "debug": {},
        "nofast": {"kernel": "bulkhead-nofast.elf"},
        "release": {"mode": "release"},
        "smp4": {"smp": 4, "disk": True},
    },
}
NATIVE = {"riscv": ["native"]}


def kernel(arch, mode="debug"):
    return arch.variant(mode) / "tests" / "guest" / "testkernel.elf"


def cases(runs):
    """(architecture's name, run, test) of all that is built; the tests of one run stay with one worker."""
    for arch in arches.ALL:
        for run in runs.get(arch.name, ()):
            for test in [*protocol.tests_of(kernel(arch)), None] if kernel(arch).exists() else []:
                yield pytest.param(arch.name, run, test, id=f"{arch.name}-{run}-{test.id if test else 'end'}",
                                   marks=[pytest.mark.arch(arch.name), pytest.mark.xdist_group(f"kernel-{arch.name}-{run}")])


def disk(folder):
    """An image of one sector."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "disk").write_bytes(bytes(512))
    return folder / "disk"


def boot_as_guest(arch, variant):
    options = dict(VARIANTS[arch.name][variant])
    mode = options.pop("mode", "debug")
    folder = LOGS / f"kernel-{arch.name}-{variant}"
    files = {**systems.programs(arch, mode), "guest.kernel": kernel(arch, mode), "guest.cmdline": b"slot1=echo"}
    config = {"guest.memory": "256M"}
    if options.pop("disk", False):
        files["guest.cmdline"] += b" disk=1"
        config["guest.disk"] = disk(folder)
    return booting.start(arch, folder, "guest-test", files, config, mode=mode, timeout=TIMEOUT, **options)


def boot_natively(arch, _variant):
    target = machine.Machine(arch, kernel(arch), memory=256 * machine.MIB, cpu=arch.cpu_without_guests)
    folder = LOGS / f"kernel-{arch.name}-native"
    folder.mkdir(parents=True, exist_ok=True)
    return booting.Boot(target.command(interactive=False), folder / "boot.log", TIMEOUT)


@pytest.fixture(scope="module")
def outcome():
    """outcome(arch, boot, variant): status and results of one run, which its tests share."""
    cache = {}

    def run(arch, start, variant):
        machine_ = start(arch, variant)
        try:
            status = machine_.wait()
        except booting.BootError:
            status = None
        finally:
            machine_.close()
        return status, protocol.Results(machine_.text, machine_.log)

    def cached(arch, start, variant):
        if (arch, variant) not in cache:
            cache[arch, variant] = run(arch, start, variant)
        return cache[arch, variant]

    return cached


def check(arch, status, results, test):
    if test:
        results.check(test)
        return
    results.check_end(protocol.tests_of(kernel(arch)))
    assert status == 0, f"the machine ended with status {status}\nlog: {results.log}"


@pytest.mark.parametrize("arch, variant, test", cases(VARIANTS), indirect=["arch"])
def test_guest(outcome, arch, variant, test):
    check(arch, *outcome(arch, boot_as_guest, variant), test)


@pytest.mark.parametrize("arch, variant, test", cases(NATIVE), indirect=["arch"])
def test_native(outcome, arch, variant, test):
    check(arch, *outcome(arch, boot_natively, variant), test)
