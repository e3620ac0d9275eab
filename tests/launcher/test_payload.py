# SPDX-License-Identifier: BSD-2-Clause
"""What is taken out of a kernel's package, and what two launchers do to one folder."""

import fcntl
import lzma
import threading

import pytest
from launcher import arches, payload, paths, requirements, system


class Package:
    """Files by their paths, as payload.Package has them."""

    def __init__(self, **files):
        self.contents = {f"usr/lib/modules/6/kernel/{name.replace('__', '.')}": data for name, data in files.items()}

    def files(self, wanted):
        return [(path, data) for path, data in self.contents.items() if wanted(path)]


def test_modules_are_left_unpacked_in_the_order_of_loading(tmp_path):
    """Those that the kernel has built in are not there; what an earlier package left is gone."""
    folder = tmp_path / "modules"
    folder.mkdir()
    (folder / "0-old.ko").write_bytes(b"old")
    package = Package(ext4__ko__xz=lzma.compress(b"ext4"), jbd2__ko=b"jbd2", other__ko=b"other")
    payload.write_modules(folder, package, ["crc16", "jbd2", "ext4"])
    assert payload.read_modules(folder) == [("00-jbd2.ko", b"jbd2"), ("01-ext4.ko", b"ext4")]


def test_a_file_is_there_whole_or_not_at_all(tmp_path):
    """Who has opened it goes on reading what it had; of one that cannot be written nothing is left."""
    payload.write(tmp_path / "file", b"first")
    with open(tmp_path / "file", "rb") as opened:
        payload.write(tmp_path / "file", b"second")
        assert opened.read() == b"first"
    (tmp_path / "folder").mkdir()
    with pytest.raises(IsADirectoryError):
        payload.write(tmp_path / "folder", b"third")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder"]


def test_bundle_of_another_run_is_not_cut(tmp_path, monkeypatch):
    """Its machine may be about to read it."""
    monkeypatch.setattr(paths, "BUILD", tmp_path)
    made = system.describe(arches.RISCV, "hello")

    def write(content):
        monkeypatch.setattr(system, "make_bundle", lambda *_: content)
        return system.write_bundle(arches.RISCV, "release", made, {}, person=False)

    with open(write(b"first"), "rb") as opened:
        assert write(b"other").read_bytes() == b"other"
        assert opened.read() == b"first"


class Waiting:
    """A standard output that tells when somebody says that it waits."""

    def __init__(self):
        self.said = threading.Event()

    def write(self, text):
        if "waiting for another launcher" in text:
            self.said.set()

    def flush(self):
        pass


def test_two_launchers_fetch_once(tmp_path, monkeypatch):
    """The second one waits, and takes what the first has fetched."""
    monkeypatch.setattr(paths, "BUILD", tmp_path)
    monkeypatch.setattr(requirements, "ensure", lambda *_: None)
    output, fetched = Waiting(), []
    monkeypatch.setattr("sys.stdout", output)
    monkeypatch.setattr(payload, "fetch", lambda *_: fetched.append(1))
    monkeypatch.setattr(payload, "make_initramfs", lambda *_: None)
    folder = paths.payload("riscv", arches.RISCV.suites[0])
    folder.mkdir(parents=True)
    second = threading.Thread(target=payload.ensure, args=[arches.RISCV])
    with open(folder / "lock", "wb") as first:
        fcntl.flock(first, fcntl.LOCK_EX)
        second.start()
        assert output.said.wait(20)
        (folder / "packages").touch()
    second.join(20)
    assert not second.is_alive() and not fetched


def test_what_another_launcher_has_removed_already_is_gone(tmp_path, monkeypatch):
    (tmp_path / "old.ko").write_bytes(b"")
    monkeypatch.setattr(type(tmp_path), "glob", lambda folder, _pattern: [folder / "old.ko", folder / "gone.ko"])
    payload.write_modules(tmp_path, Package(), [])
    assert not list(tmp_path.iterdir())
