# SPDX-License-Identifier: BSD-2-Clause
"""The default guest: Debian 13's stock riscv64 kernel, and an initramfs made of its busybox-static.

Both packages come through apt, which checks Debian's signatures. The result is kept in build/payload/riscv/.
"""

import hashlib
import io
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path

from . import apt, errors, images, initramfs, paths, requirements, sources

SUITE = "trixie"
ARCHITECTURE = "riscv64"
# A panic resets warm, by which the VMM knows it from a reboot.
COMMAND_LINE = "console=ttyS0 earlycon=sbi panic=-1 reboot=panic_warm"


@dataclass(frozen=True)
class Payload:
    """The files of a default guest."""
    kernel: Path
    initrd: Path


def member(archive, wanted):
    """The bytes of the one file of a Debian package whose path begins with WANTED."""
    listing = subprocess.run(["dpkg-deb", "--fsys-tarfile", archive], check=True, stdout=subprocess.PIPE).stdout
    with tarfile.open(fileobj=io.BytesIO(listing)) as tree:
        for item in tree:
            if item.isfile() and item.name.removeprefix("./").startswith(wanted):
                return tree.extractfile(item).read()
    raise errors.LauncherError(errors.PAYLOAD, f"{archive.name} has no file {wanted}*")


def fetch(folder, mirror):
    """Fetches both packages and leaves `Image`, `busybox` and `packages` (their names) in FOLDER."""
    mirrors = [mirror] if mirror else sources.mirrors()
    if not mirrors:
        raise errors.LauncherError(errors.PAYLOAD, "this machine's apt names no mirror of Debian; give one with --mirror URL")
    private = apt.PrivateApt(folder / "apt", ARCHITECTURE, SUITE, requirements.debian_keyring())
    private.update(mirrors)
    kernel = private.dependency("linux-image-riscv64", "linux-image-")
    print(f"fetching {kernel} (about 110 MB) and busybox-static from Debian {SUITE}", flush=True)
    archives = [private.download(package, folder / "apt") for package in (kernel, "busybox-static")]
    write(folder / "Image", images.decompress(member(archives[0], "boot/vmlinu"), archives[0]))
    write(folder / "busybox", member(archives[1], "usr/bin/busybox"))
    write(folder / "packages", "".join(archive.name + "\n" for archive in archives).encode())
    for archive in archives:
        archive.unlink()


def write(path, data):
    """Writes PATH whole or not at all."""
    partial = path.with_name(path.name + ".partial")
    partial.write_bytes(data)
    partial.replace(path)


def ensure(assume_yes=False, mirror=None):
    """The default payload, fetched if it is not there yet."""
    folder = paths.payload()
    folder.mkdir(parents=True, exist_ok=True)
    if not all((folder / name).is_file() for name in ("Image", "busybox", "packages")):
        requirements.ensure(requirements.PAYLOAD, assume_yes)
        fetch(folder, mirror)
    made = Payload(folder / "Image", folder / "initramfs.cpio.gz")
    archive = initramfs.make((folder / "busybox").read_bytes())
    if not made.initrd.is_file() or hashlib.sha256(made.initrd.read_bytes()).digest() != hashlib.sha256(archive).digest():
        write(made.initrd, archive)
    return made
