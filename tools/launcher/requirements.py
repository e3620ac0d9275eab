# SPDX-License-Identifier: BSD-2-Clause
"""What must be installed, how to see whether it is, and how Debian's packages bring it."""

import os
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from . import errors, uefi

SUPPORTED = {"12": "bookworm", "13": "trixie"}
GRUB = Path("/usr/lib/grub")


def program(name):
    return lambda: shutil.which(name) is not None


def python_module(name):
    return lambda: subprocess.run([sys.executable, "-P", "-c", f"import {name}"], check=False, stderr=subprocess.DEVNULL).returncode == 0


def has_picolibc():
    """picolibc is there when the cross compiler finds its specs: it prints the bare name back if not."""
    if not shutil.which("riscv64-unknown-elf-gcc"):
        return False
    answer = subprocess.run(["riscv64-unknown-elf-gcc", "-print-file-name=picolibc.specs"], check=False, text=True,
                            stdout=subprocess.PIPE)
    return "/" in answer.stdout


def has_opensbi():
    """QEMU lists the folders that it takes firmware from; a link there may dangle without the firmware's package."""
    if not shutil.which("qemu-system-riscv64"):
        return False
    folders = subprocess.run(["qemu-system-riscv64", "-L", "help"], check=False, text=True, stdout=subprocess.PIPE).stdout
    return any((Path(folder) / "opensbi-riscv64-generic-fw_dynamic.bin").exists() for folder in folders.split())


def has_asan():
    """The native compiler with its sanitizers' run-time library."""
    if not shutil.which("gcc"):
        return False
    answer = subprocess.run(["gcc", "-print-file-name=libasan.so"], check=False, text=True, stdout=subprocess.PIPE)
    return "/" in answer.stdout


def has_c_headers():
    return Path("/usr/include/stdio.h").exists()


def debian_keyring():
    """The keys of Debian's archive, if they include those of the release that guests are taken from."""
    keyrings = Path("/usr/share/keyrings")
    for suffix in ("gpg", "pgp"):
        if (keyrings / f"debian-archive-trixie-stable.{suffix}").exists():
            return keyrings / f"debian-archive-keyring.{suffix}"
    return None


@dataclass(frozen=True, eq=False)
class Requirement:
    """One thing needed. PACKAGES are Debian's, by release."""
    what: str
    why: str
    present: Callable
    packages: dict

    def package(self, release):
        return self.packages.get(release, self.packages["all"])


def need(what, why, present, package, **by_release):
    return Requirement(what, why, present, {"all": package, **{key.lstrip("d"): name for key, name in by_release.items()}})


@dataclass(frozen=True)
class Needs:
    """What one architecture needs: to build, for an image beyond that, to be run, and beyond all that to be tested."""
    build: list
    image: list
    machine: list
    tests: list


SCONS = need("SCons", "runs the build", program("scons"), "scons")
LIBFDT = need("Python's libfdt", "writes a system's manifest", python_module("libfdt"), "python3-libfdt")
C_HEADERS = need("the C library's headers", "are what newlib's configuration and the host tests are compiled with", has_c_headers, "libc6-dev")
RISCV = Needs(
    build=[
        SCONS,
        LIBFDT,
        need("the compiler riscv64-unknown-elf-gcc", "compiles the kernel and the servers", program("riscv64-unknown-elf-gcc"),
             "gcc-riscv64-unknown-elf"),
        need("picolibc for riscv64-unknown-elf", "is the servers' C library", has_picolibc, "picolibc-riscv64-unknown-elf"),
    ],
    image=[],
    machine=[
        need("qemu-system-riscv64", "is the machine that everything runs on", program("qemu-system-riscv64"), "qemu-system-misc",
             d13="qemu-system-riscv"),
        need("OpenSBI", "is that machine's firmware", has_opensbi, "opensbi"),
    ],
    tests=[
        need("U-Boot for QEMU", "is one of the guests, and boots an image", lambda: Path("/usr/lib/u-boot/qemu-riscv64_smode").is_dir(), "u-boot-qemu"),
    ],
)
ISO = [
    need("grub-mkimage", "makes the boot loader of an ISO image", program("grub-mkimage"), "grub-common"),
    need("GRUB for BIOS", "boots an ISO image on BIOS", lambda: (GRUB / "i386-pc" / "modinfo.sh").exists(), "grub-pc-bin"),
    need("GRUB for UEFI", "boots an ISO image on UEFI", lambda: (GRUB / "x86_64-efi" / "modinfo.sh").exists(), "grub-efi-amd64-bin"),
    need("xorriso", "writes an ISO image", program("xorriso"), "xorriso"),
    need("mtools", "writes an ISO image's EFI partition", program("mformat"), "mtools"),
]
X86_64 = Needs(
    build=[
        SCONS,
        LIBFDT,
        need("the compiler x86_64-linux-gnu-gcc", "compiles the kernel and the servers", program("x86_64-linux-gnu-gcc"),
             "gcc" if platform.machine() == "x86_64" else "gcc-x86-64-linux-gnu"),
        need("newlib's source", "becomes the servers' C library", lambda: any(Path("/usr/src/newlib").glob("newlib-*.tar.xz")), "newlib-source"),
        need("make", "builds newlib", program("make"), "make"),
        C_HEADERS,
    ],
    image=ISO,
    machine=[
        need("qemu-system-x86_64", "is the machine that everything runs on", program("qemu-system-x86_64"), "qemu-system-x86"),
    ],
    tests=[
        need("OVMF", "is the UEFI firmware that the ISO image is tested with", uefi.present, "ovmf"),
        need("zstd", "unpacks a Debian kernel's vmlinux in tests", program("zstd"), "zstd"),
        need("lz4", "unpacks that of another release", program("lz4"), "lz4"),
        need("iasl", "reads the guest's ACPI tables in tests", program("iasl"), "acpica-tools"),
    ],
)
PAYLOAD = [
    need("apt-get and dpkg-deb", "fetch and unpack the guest's Linux kernel",
         lambda: shutil.which("apt-get") and shutil.which("dpkg-deb"), "apt"),
    need("Debian's archive keys, those of Debian 13 included", "check what is fetched", lambda: debian_keyring() is not None,
         "debian-archive-keyring"),
]
NATIVE = [
    need("gcc with AddressSanitizer", "compiles the kernel's host tests", has_asan, "gcc"),
    C_HEADERS,
]
TESTS = [
    need("pytest", "runs the tests", python_module("pytest"), "python3-pytest"),
    need("pytest-xdist", "runs tests side by side", python_module("xdist"), "python3-pytest-xdist"),
    need("pyelftools", "reads the list of tests out of the test programs", python_module("elftools"), "python3-pyelftools"),
    need("dtc", "reads manifests and guests' device trees in tests", program("dtc"), "device-tree-compiler"),
    need("Chromium", "shows a system's report in tests", program("chromium"), "chromium"),
]


def everything(needs):
    """All that building, running and testing an architecture with NEEDS takes."""
    return needs.build + needs.image + needs.machine + PAYLOAD + NATIVE + TESTS + needs.tests


def debian_release():
    """The release of a Debian that set-up can serve, or None."""
    try:
        system = platform.freedesktop_os_release()
    except OSError:
        return None
    release = system.get("VERSION_ID", "")
    return release if system.get("ID") == "debian" and release in SUPPORTED else None


def describe(missing, release):
    lines = []
    for requirement in missing:
        package = f" (package {requirement.package(release)})" if release else ""
        lines.append(f"  {requirement.what}{package}: {requirement.why}")
    return "\n".join(lines)


def unattended(assume_yes):
    """Whether to go ahead without a question: told so, or nobody is there to answer and we are root anyway."""
    return assume_yes or os.environ.get("CI") == "true" or (os.geteuid() == 0 and not sys.stdin.isatty())


def consent(command, assume_yes):
    if unattended(assume_yes):
        return
    if not sys.stdin.isatty():
        raise errors.LauncherError(errors.SETUP, f"not installed without a terminal to ask on; say --yes, or run: {command}")
    try:
        answer = input("Install these packages now? [Y/n] ")
    except EOFError:
        answer = "n"
    if answer.strip().lower() not in ("", "y", "yes"):
        raise errors.LauncherError(errors.SETUP, f"nothing was installed. To do it by hand: {command}")


def install(packages, assume_yes):
    """Installs PACKAGES by apt, which asks for a password through sudo where we are not root."""
    root = os.geteuid() == 0
    if not root and not shutil.which("sudo"):
        raise errors.LauncherError(errors.SETUP, "there is no sudo here; as root, run: apt-get install " + " ".join(packages))
    prefix = [] if root else ["sudo"]
    apt = prefix + ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"]
    command = apt + ["install", "--yes", "--no-install-recommends", *packages]
    consent(" ".join(prefix + ["apt-get", "install", *packages]), assume_yes)
    if run(apt + ["update"]).returncode:
        print("apt-get update failed, perhaps for a source that has nothing to do with this; going on", flush=True)
    if run(command).returncode:
        raise errors.LauncherError(errors.SETUP, f"this failed, see apt's message above: {' '.join(command)}")


def run(command):
    """Runs COMMAND; only where a person sits there may it ask something."""
    return subprocess.run(command, check=False, stdin=None if sys.stdin.isatty() else subprocess.DEVNULL)


def ensure(requirements, assume_yes):
    """Returns when all REQUIREMENTS are there, installing what is not."""
    missing = [requirement for requirement in requirements if not requirement.present()]
    if not missing:
        return
    release = debian_release()
    print("Missing on this machine:\n" + describe(missing, release), flush=True)
    if not release:
        raise errors.LauncherError(errors.SETUP, "set-up can install on Debian 12 and 13 only; please install the above by your "
                                                 "system's own means")
    install(sorted({requirement.package(release) for requirement in missing}), assume_yes)
    missing = [requirement for requirement in missing if not requirement.present()]
    if missing:
        raise errors.LauncherError(errors.SETUP, "still missing after the installation:\n" + describe(missing, release))
