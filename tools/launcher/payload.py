# SPDX-License-Identifier: BSD-2-Clause
"""The default guests: Debian's stock kernels, each with an initramfs made of its release's busybox-static.

All packages come through apt, which checks Debian's signatures. The result is kept in build/payload/ARCH/SUITE/.
"""

import contextlib
import fcntl
import hashlib
import io
import lzma
import os
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path

from . import apt, errors, images, initramfs, paths, requirements, sources

# What the console needs, each after those it depends on. Kernels that have them built in have no such files.
MODULES = ["virtio", "virtio_ring", "virtio_pci_legacy_dev", "virtio_pci_modern_dev", "virtio_pci", "virtio_console"]
# What a disk needs beside them: its driver, and a file system.
DISK_MODULES = ["virtio_blk", "crc16", "crc32c_generic", "mbcache", "jbd2", "ext4"]


@dataclass(frozen=True)
class Payload:
    """The files of a default guest."""
    kernel: Path
    initrd: Path
    disk_initrd: Path | None = None  # of a guest with a disk


class Package:
    """What is in the archive of a Debian package."""

    def __init__(self, archive):
        self.archive = archive
        self.tar = subprocess.run(["dpkg-deb", "--fsys-tarfile", archive], check=True, stdout=subprocess.PIPE).stdout

    def files(self, wanted):
        """(path, bytes) of each file for whose path WANTED is true."""
        with tarfile.open(fileobj=io.BytesIO(self.tar)) as tree:
            for item in tree:
                path = item.name.removeprefix("./")
                if item.isfile() and wanted(path):
                    yield path, tree.extractfile(item).read()

    def file(self, prefix):
        """The bytes of the one file whose path begins with PREFIX, in / or, in releases that have moved it there, in /usr."""
        for _, data in self.files(lambda path: path.removeprefix("usr/").startswith(prefix)):
            return data
        raise errors.LauncherError(errors.PAYLOAD, f"{self.archive.name} has no file {prefix}*")


def plain(path):
    """The name of a module's file once it is unpacked."""
    return Path(path).name.removesuffix(".xz")


def modules(package, names):
    """(name, bytes) of those modules of NAMES that a kernel's package has, unpacked."""
    wanted = [f"{name}.ko" for name in names]
    found = {plain(path): lzma.decompress(data) if path.endswith(".xz") else data for path, data in package.files(lambda path: plain(path) in wanted)}
    return [(name, found[name]) for name in wanted if name in found]


def write_modules(folder, package, names):
    """Leaves those modules in FOLDER, and no others. Their files' names sort in the order of loading."""
    folder.mkdir(exist_ok=True)
    for stale in folder.glob("*.ko"):
        stale.unlink(missing_ok=True)
    for place, (name, data) in enumerate(modules(package, names)):
        write(folder / f"{place:02}-{name}", data)


def read_modules(folder):
    """(name, bytes) of each."""
    return [(path.name, path.read_bytes()) for path in sorted(folder.glob("*.ko"))]


def fetch(arch, suite, folder, mirror):
    """Fetches both packages and leaves `kernel`, `busybox`, `modules/`, `disk-modules/` and, last, `packages` (their names) in FOLDER."""
    mirrors = [mirror] if mirror else sources.mirrors()
    if not mirrors:
        raise errors.LauncherError(errors.PAYLOAD, "this machine's apt names no mirror of Debian; give one with --mirror URL")
    private = apt.PrivateApt(folder / "apt", arch.debian, suite, requirements.debian_keyring())
    private.update(mirrors)
    name = private.dependency(arch.kernel_package, "linux-image-")
    print(f"fetching {name} (about {private.megabytes(name)} MB) and busybox-static from Debian {suite}", flush=True)
    archives = [private.download(package, folder / "apt") for package in (name, "busybox-static")]
    kernel, busybox = map(Package, archives)
    write(folder / "kernel", images.decompress(kernel.file("boot/vmlinu"), archives[0]))
    write(folder / "busybox", busybox.file("bin/busybox"))
    write_modules(folder / "modules", kernel, MODULES)
    write_modules(folder / "disk-modules", kernel, DISK_MODULES)
    write(folder / "packages", "".join(archive.name + "\n" for archive in archives).encode())
    for archive in archives:
        archive.unlink()


def write(path, data):
    """Writes PATH whole or not at all."""
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")  # of two that write it at the same time the last one wins
    try:
        partial.write_bytes(data)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def same(path, data):
    """Whether PATH holds DATA."""
    return path.is_file() and hashlib.sha256(path.read_bytes()).digest() == hashlib.sha256(data).digest()


def is_fetched(folder, disk):
    return (folder / "packages").is_file() and (not disk or (folder / "disk-modules").is_dir())


@contextlib.contextmanager
def locked(folder):
    """One launcher at a time fetches into FOLDER; others wait here."""
    with open(folder / "lock", "wb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("waiting for another launcher, which fetches the same", flush=True)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def ensure(arch, suite=None, assume_yes=False, mirror=None, disk=False):
    """The payload for ARCH from Debian's release SUITE, by default the first that it hosts; fetched if it is not there yet. DISK: with what a disk needs,
    which folders from before there were disks have not."""
    suite = suite or arch.suites[0]
    folder = paths.payload(arch.name, suite)
    folder.mkdir(parents=True, exist_ok=True)
    if not is_fetched(folder, disk):
        requirements.ensure(requirements.PAYLOAD, assume_yes)
        with locked(folder):
            if not is_fetched(folder, disk):
                fetch(arch, suite, folder, mirror)
    loaded = read_modules(folder / "modules")
    initrd = make_initramfs(folder, "initramfs", loaded)
    more = [(f"disk-{name}", data) for name, data in read_modules(folder / "disk-modules")] if disk else []
    return Payload(folder / "kernel", initrd, make_initramfs(folder, "initramfs-disk", loaded + more) if disk else None)


def make_initramfs(folder, name, loaded):
    """The file in FOLDER that holds BusyBox with these modules, made anew where it is not so."""
    path = folder / f"{name}.cpio.gz"
    archive = initramfs.make((folder / "busybox").read_bytes(), loaded)
    if not same(path, archive):
        write(path, archive)
    return path


def ensure_all(arch, assume_yes=False, mirror=None):
    """The payloads of every release that ARCH hosts; returns the default one."""
    return [ensure(arch, suite, assume_yes, mirror) for suite in arch.suites][0]
