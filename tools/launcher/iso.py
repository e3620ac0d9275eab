# SPDX-License-Identifier: BSD-2-Clause
"""One ISO image that boots the kernel and a bundle through GRUB on BIOS and on UEFI, from a CD or as the bytes of a disk.

The same kernel and bundle give the same bytes: no time of day and nothing random goes in.
"""

import hashlib
import os
import subprocess
import tempfile
from pathlib import Path

from . import errors
from .requirements import GRUB

EPOCH, EPOCH_DATE = "315532800", "1980010100000000"  # the first day that FAT can tell
KERNEL, BUNDLE = "/boot/bulkhead.elf", "/boot/bundle.cpio"

# In both loaders: the way to their configuration on the medium, which is found by a file that only this image has.
MODULES = ["normal", "configfile", "iso9660", "part_gpt", "part_msdos", "search", "search_fs_file", "serial", "terminal", "test",
           "multiboot2", "boot"]
FIND = """\
search --no-floppy --set=root --file {marker}
set prefix=($root)/boot/grub
"""

# UEFI's own console reaches the serial line already.
CONFIGURATION = f"""\
if [ $grub_platform = pc ] && serial --unit=0 --speed=115200; then
	terminal_input --append serial
	terminal_output --append serial
fi
set timeout=0
menuentry Bulkhead {{
	multiboot2 {KERNEL}
	module2 {BUNDLE}
}}
"""


def run(*command):
    """Runs one of the tools, whose words are shown only if it fails."""
    answer = subprocess.run(list(map(str, command)), check=False, text=True, errors="replace", stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env={**os.environ, "LC_ALL": "C.UTF-8", "TZ": "UTC", "SOURCE_DATE_EPOCH": EPOCH})
    if answer.returncode:
        raise errors.LauncherError(errors.BUILD, f"cannot make the image: {command[0]} failed:\n{answer.stdout.strip()}")


def loader(work, kind, modules):
    """GRUB for KIND of firmware as one file."""
    path = work / kind
    run("grub-mkimage", "-O", kind, "-o", path, "-c", work / "find.cfg", "-p", "/boot/grub", *MODULES, *modules)
    return path


def efi_partition(work):
    """A FAT file system with GRUB under the name by which UEFI starts what is on a removable medium."""
    program = loader(work, "x86_64-efi", [])
    path = work / "efi.img"
    kib = 64 + -(-program.stat().st_size // 1024)
    run("mformat", "-C", "-i", path, "-T", kib * 2, "-h", "1", "-s", "1", "-N", "0", "-v", "BULKHEAD", "::")
    run("mmd", "-i", path, "::EFI", "::EFI/BOOT")
    run("mcopy", "-i", path, program, "::EFI/BOOT/BOOTX64.EFI")
    return path


def make(kernel, bundle, output):
    """Writes the image with the file KERNEL and BUNDLE, bytes, to OUTPUT."""
    marker = "/.disk/" + hashlib.sha256(kernel.read_bytes() + bundle).hexdigest()[:32]
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        for name, content in (("find.cfg", FIND.format(marker=marker).encode()), ("grub.cfg", CONFIGURATION.encode()),
                              ("bundle", bundle), ("marker", b"")):
            (work / name).write_bytes(content)
        bios = loader(work, "i386-pc-eltorito", ["biosdisk"])
        run("xorriso", "-as", "mkisofs", "-quiet", "-volid", "BULKHEAD", "-rational-rock", "--set_all_file_dates", EPOCH_DATE, "-o", output.absolute(), "-graft-points",
            "--grub2-mbr", GRUB / "i386-pc" / "boot_hybrid.img", "--protective-msdos-label",
            "-b", "boot/grub/bios.img", "-no-emul-boot", "-boot-load-size", "4", "-boot-info-table", "--grub2-boot-info",
            "-efi-boot-part", "--efi-boot-image", "--efi-boot", "boot/grub/efi.img",
            f"boot/grub/bios.img={bios}", f"boot/grub/efi.img={efi_partition(work)}", f"boot/grub/grub.cfg={work / 'grub.cfg'}",
            f"{KERNEL[1:]}={kernel}", f"{BUNDLE[1:]}={work / 'bundle'}", f"{marker[1:]}={work / 'marker'}")
