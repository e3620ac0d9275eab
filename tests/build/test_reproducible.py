# SPDX-License-Identifier: BSD-2-Clause
"""Whoever builds a system, wherever, whenever and in whatever order, gets the same bytes: programs, kernel, manifest, bundle, headers, image, report."""

import os
import shutil
import subprocess

import pytest
from launcher import paths

pytestmark = pytest.mark.xdist_group("build")  # one SCons at a time

LIMIT = 600
# What another builder's environment may have, that must not show.
ENVIRONMENT = {"LC_ALL": "C", "LANG": "C", "TZ": "Asia/Tokyo", "SOURCE_DATE_EPOCH": "1700000000", "PYTHONHASHSEED": "7", "USER": "somebody"}


def run(top, *command, **options):
    done = subprocess.run(command, check=False, cwd=top, text=True, timeout=LIMIT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, **options)
    assert done.returncode == 0, done.stdout[-3000:]


def copy_tree(target):
    """The sources, in the opposite order and with other times; and what is made once for all: the C library, the guests' files."""
    listed = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard"], check=True, cwd=paths.TOP, text=True,
                            stdout=subprocess.PIPE).stdout.split()
    for name in sorted(set(listed), reverse=True):
        if (paths.TOP / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(paths.TOP / name, target / name)
            os.utime(target / name, (1_500_000_000, 1_500_000_000))
            shutil.copymode(paths.TOP / name, target / name)
    (target / "build").mkdir()
    for name in ("newlib", ".sconsign.dblite"):  # without SCons's notes the library would be made again
        if (source := paths.BUILD / name).exists():
            (shutil.copytree if source.is_dir() else shutil.copy2)(source, target / "build" / name)
    (target / "build" / "payload").symlink_to(paths.BUILD / "payload")


def make(top, arch, *, environment=None, **options):
    """Builds the programs and the systems in the tree at TOP."""
    environment = {**os.environ, **(environment or {})}
    if environment.get("USER") == "somebody":
        run(top, "scons", "-Q", "-s", "--random", "-j3", f"arch={arch.name}", "mode=release", "system", env=environment, **options)
    for name in ("linux", "channels"):
        run(top, top / "bulkhead", "image", name, "--arch", arch.name, env=environment, **options)
    run(top, top / "bulkhead", "report", "channels", "--arch", arch.name, env=environment, **options)


def made(top, arch):
    """All that was made, by its name below the variant's folder."""
    variant = top / "build" / f"{arch.name}-release"
    patterns = ["bulkhead.elf", "servers/*/*.elf", "userland/*.elf", "systems/linux/**/*", "systems/channels/**/*"]
    found = {path for pattern in patterns for path in variant.glob(pattern) if path.is_file()}
    return {str(path.relative_to(variant)): path.read_bytes() for path in found}


def difference(one, two):
    """For people: where two files begin to differ."""
    at = next((index for index, (a, b) in enumerate(zip(one, two)) if a != b), min(len(one), len(two)))
    return f"from byte {at:#x} of {len(one):#x} and {len(two):#x} on: {one[at:at + 32]!r} and {two[at:at + 32]!r}"


def test_same_sources_same_bytes(arch, tmp_path_factory):
    other = tmp_path_factory.mktemp("a-tree-in-another-place-with-a-longer-name") / "bulkhead"
    before = os.umask(0o077)
    try:
        other.mkdir()
        copy_tree(other)
        make(other, arch, environment=ENVIRONMENT)
    finally:
        os.umask(before)
    make(paths.TOP, arch)
    ours, theirs = made(paths.TOP, arch), made(other, arch)
    shutil.rmtree(other)
    assert len(ours) > 20 and {"bulkhead.elf", "systems/linux/bundle.cpio", f"systems/linux/linux{arch.image_suffix}", "systems/channels/report.html",
                               "systems/channels/include/system/reader.h"} <= set(ours)
    assert set(theirs) <= set(ours)  # of an older build there may be more here
    assert not {name: difference(ours[name], content) for name, content in theirs.items() if ours[name] != content}
    assert {"bulkhead.elf", f"systems/linux/linux{arch.image_suffix}"} <= set(theirs)
    # The C library was copied, not made twice: nothing of where it was made may be in what is linked with it.
    assert not [name for name, content in ours.items() if str(paths.TOP).encode() in content]
