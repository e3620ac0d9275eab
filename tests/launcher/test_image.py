# SPDX-License-Identifier: BSD-2-Clause
"""`./bulkhead image NAME`: one file that boots a system as the architecture's boot loaders do, and the same for the same content."""

import os
import struct
import time
from pathlib import Path

import pytest
from harness import boot as booting
from harness import logs
from harness.commands import bulkhead
from launcher import arches, errors, iso, linux_image, machine, uefi

pytestmark = pytest.mark.xdist_group("build")  # the launcher builds

LIMIT = 180
UBOOT = Path("/usr/lib/u-boot/qemu-riscv64_smode/uboot.elf")
BLOCK = 512
MIB = 1 << 20


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    """image(arch, name): the system's image, made by the command."""
    folder = tmp_path_factory.mktemp("image")

    def make(arch, name):
        path = folder / f"{name}{arch.image_suffix}"
        if path.exists():
            return path
        process = bulkhead("image", name, "--arch", arch.name, "-o", path)
        assert process.returncode == errors.OK and f"made {path}" in process.stdout, process.told
        return path

    return make


@pytest.fixture
def start(request, arch):
    """start(command): a machine by QEMU's command line."""
    started = []

    def boot(command):
        started.append(booting.Boot(command, logs.of_test(request.node.nodeid) / "boot.log", LIMIT, status=arch.status))
        return started[-1]

    yield boot
    for booted in started:
        booted.close()


def by_qemu(arch, path, _folder):
    return machine.Machine(arch, kernel=path).command(interactive=False)


def by_bios(arch, path, _folder):
    return machine.Machine(arch, iso=path).command(interactive=False)


def by_uefi(arch, path, folder):
    return machine.Machine(arch, iso=path, firmware=uefi.install(folder / "variables.fd")).command(interactive=False)


def by_uboot(arch, path, folder):
    """The image on a disk, which Debian's U-Boot over OpenSBI is to read."""
    disk = folder / "disk"
    disk.write_bytes(path.read_bytes() + bytes(-path.stat().st_size % BLOCK))
    drive = ["-drive", f"if=none,id=disk,format=raw,file={disk}", "-device", "virtio-blk-device,drive=disk"]
    return machine.Machine(arch, kernel=UBOOT).command(interactive=False) + drive


WAYS = {"riscv-qemu": by_qemu, "riscv-uboot": by_uboot, "x86_64-bios": by_bios, "x86_64-uefi": by_uefi}
needs_uboot = pytest.mark.skipif(not UBOOT.is_file(), reason="needs Debian's package u-boot-qemu")
EVERY_WAY = [pytest.param(way.split("-")[0], way, marks=[pytest.mark.arch(way.split("-")[0]), *([needs_uboot] if way == "riscv-uboot" else [])], id=way)
             for way in WAYS]


def type_booti(booted, path):
    """Has U-Boot read the image from the disk and start it."""
    booted.expect("Hit any key to stop autoboot", timeout=60)
    booted.send("\n")
    booted.expect("^=> ")
    booted.send(f"virtio scan; virtio read ${{kernel_addr_r}} 0 {-(-path.stat().st_size // BLOCK):x} && booti ${{kernel_addr_r}} - ${{fdtcontroladdr}}\n")
    booted.expect("Starting kernel", timeout=60)


def boot(start, arch, way, path, folder):
    booted = start(WAYS[way](arch, path, folder))
    if way == "riscv-uboot":
        type_booti(booted, path)
    return booted


@pytest.mark.parametrize("arch, way", EVERY_WAY, indirect=["arch"])
def test_image_boots_the_system_of_its_name(start, image, tmp_path, arch, way):
    booted = boot(start, arch, way, image(arch, "hello"), tmp_path)
    booted.expect("Hello from partition 'hello'", timeout=120)
    booted.send("\x1dq")
    assert booted.wait(30) == errors.OK


@pytest.mark.parametrize("arch, way", [case for case in EVERY_WAY if case.id != "riscv-qemu"], indirect=["arch"])
def test_image_boots_to_the_guests_shell(start, image, tmp_path, arch, way):
    """A large one: of the default system."""
    booted = boot(start, arch, way, image(arch, "linux"), tmp_path)
    booted.expect(r"guest:\S*# ", timeout=120)
    booted.send("\x1dq")
    assert booted.wait(30) == errors.OK


@pytest.mark.arch("riscv")
def test_initrd_beside_the_image_comes_first(start, image, tmp_path, arch):
    """An image, and a boot loader that brings another bundle."""
    (tmp_path / "other").write_bytes(b"no bundle at all")
    target = machine.Machine(arch, kernel=image(arch, "hello"), bundle=tmp_path / "other")
    booted = start(target.command(interactive=False))
    booted.expect("init: the boot bundle is no cpio archive, or it is cut off")
    assert booted.wait(30) == errors.SYSTEM_FAILED


@pytest.mark.arch("riscv")
def test_image_lies_at_any_two_mebibytes(start, image, tmp_path, arch):
    """At an address of the boot loader's choice, which the kernel learns only by being there: here a few instructions jump to it."""
    place = 0x89A00000
    jump = struct.pack("<IIII", 0x00000297, 0x0102B283, 0x00028067, 0x13) + struct.pack("<Q", place)  # auipc t0; ld t0, 16(t0); jr t0
    (tmp_path / "jump").write_bytes(jump)
    loader = ["-device", f"loader,file={image(arch, 'hello')},addr={place:#x},force-raw=on"]
    booted = start(machine.Machine(arch, kernel=tmp_path / "jump").command(interactive=False) + loader)
    booted.expect("Hello from partition 'hello'")
    booted.send("\x1dq")
    assert booted.wait(30) == errors.OK


@pytest.mark.arch("riscv")
def test_header_is_linuxs(image, arch):
    """Field by field, by Documentation/arch/riscv/boot-image-header.rst."""
    path = image(arch, "hello")
    data = path.read_bytes()
    bundle = (arch.variant("release") / "systems" / "hello" / "bundle.cpio").read_bytes()
    text_offset, size, flags, version, reserved, more, magic, magic2, pe = struct.unpack_from("<QQQIIQ8s4sI", data, 8)
    assert text_offset == 2 * MIB and size == len(data) and flags == 0 and (version, reserved, more, pe) == (2, 0, 0, 0)
    assert magic == b"RISCV\0\0\0" and magic2 == b"RSC\x05"
    assert data.endswith(bundle)


def test_same_content_same_bytes(arch, monkeypatch, tmp_path):
    """Whoever makes it, where and when."""
    kernel = arch.variant("release") / "bulkhead.elf"
    arch.make_image(kernel, b"bundle", tmp_path / "one")
    time.sleep(1.1)  # a clock of whole seconds would show
    for name, value in {"TZ": "Asia/Tokyo", "LC_ALL": "C", "SOURCE_DATE_EPOCH": "1700000000"}.items():
        monkeypatch.setenv(name, value)
    before = os.umask(0o077)
    try:
        arch.make_image(kernel, b"bundle", tmp_path / "two")
    finally:
        os.umask(before)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    arch.make_image(kernel, b"another", tmp_path / "three")
    assert (tmp_path / "one").read_bytes() != (tmp_path / "three").read_bytes()


@pytest.mark.arch("x86_64")
def test_failure_of_a_tool_is_told(arch, monkeypatch, tmp_path):
    monkeypatch.setattr(iso, "MODULES", ["nonsense"])
    with pytest.raises(errors.LauncherError, match="(?s)cannot make the image: grub-mkimage failed:.*nonsense") as caught:
        iso.make(arch.variant("release") / "bulkhead.elf", b"bundle", tmp_path / "one.iso")
    assert caught.value.status == errors.BUILD


def test_kernel_without_the_header_is_refused(tmp_path):
    with pytest.raises(errors.LauncherError, match="does not begin with Linux's header for RISC-V") as caught:
        linux_image.make(arches.X86_64.variant("release") / "bulkhead.elf", b"bundle", tmp_path / "image")
    assert caught.value.status == errors.BUILD


def test_place_that_cannot_be_written_is_told(arch):
    process = bulkhead("image", "hello", "--arch", arch.name, "-o", "/nowhere/at/all")
    assert process.returncode != errors.OK and "/nowhere/at/all" in process.stdout and "Traceback" not in process.stdout
