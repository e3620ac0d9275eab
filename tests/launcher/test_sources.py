# SPDX-License-Identifier: BSD-2-Clause
"""Mirrors are taken from both formats of apt's sources, and only Debian's own archive counts."""

import pytest
from launcher import apt, errors, requirements, sources

ONE_LINE = """\
# deb http://commented/debian trixie main
deb-src http://source/debian trixie main
deb cdrom:[Debian]/ trixie main
deb [arch=amd64 signed-by=/a.gpg] http://first/debian trixie main contrib # comment
deb http://first/debian trixie main
deb http://security/debian-security trixie-security main
deb https://other/apt bookworm-tool main
deb http://nonfree/debian trixie non-free
"""

DEB822 = """\
# A comment
Types: deb deb-src
URIs: https://second/debian
# another
 https://third/debian
Suites: bookworm
 bookworm-updates
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 mQINBF

Types: deb
URIs: http://disabled/debian
Suites: trixie
Components: main
Enabled: no

Types: deb-src
URIs: http://source/debian
Suites: trixie
Components: main
"""


@pytest.fixture
def etc(tmp_path):
    (tmp_path / "sources.list").write_text(ONE_LINE)
    (tmp_path / "sources.list.d").mkdir()
    (tmp_path / "sources.list.d" / "debian.sources").write_text(DEB822)
    (tmp_path / "sources.list.d" / "old.list.save").write_text("deb http://saved/debian trixie main\n")
    return tmp_path


def test_both_formats(etc):
    assert sources.mirrors(etc) == ["http://first/debian", "https://second/debian", "https://third/debian"]


def test_nothing_configured(tmp_path):
    assert sources.mirrors(tmp_path) == []


@pytest.fixture
def private(tmp_path):
    return apt.PrivateApt(tmp_path / "apt", "riscv64", "trixie", requirements.debian_keyring())


def test_configuration_is_private(private):
    """apt writes below our folder only, runs no program of the machine's configuration, and fetches for riscv64."""
    dump = private.run("apt-config", "dump", "--format", "%F %v%n").stdout
    values = dict(line.split(" ", 1) for line in dump.splitlines() if " " in line)
    for key in ("Dir::State", "Dir::State::status", "Dir::Cache", "Dir::Etc::sourcelist"):
        assert values[key].startswith(str(private.root)), f"{key} is {values[key]}"
    assert values["APT::Architecture"] == "riscv64"
    assert not [key for key, value in values.items() if key.startswith("APT::") and "-Invoke" in key and value]


def test_release_that_the_machine_prefers_is_not_asked_for(private, tmp_path, monkeypatch):
    """Its apt refuses all work on a release that its sources have not."""
    (tmp_path / "machine.conf").write_text('APT::Default-Release "bookworm";\n')
    monkeypatch.setenv("APT_CONFIG", str(tmp_path / "machine.conf"))
    answer = private.run("apt-cache", "policy")
    assert answer.returncode == 0 and "Default-Release" not in answer.stdout, answer.stdout


def test_folder_that_apt_cannot_be_told_of(tmp_path):
    with pytest.raises(errors.LauncherError, match="right would be a folder without one") as caught:
        apt.PrivateApt(tmp_path / 'a "quote"', "riscv64", "trixie", requirements.debian_keyring())
    assert caught.value.status == errors.PAYLOAD and not list(tmp_path.iterdir())


def test_unreachable_mirror(private, tmp_path):
    with pytest.raises(errors.LauncherError, match="no mirror gave a signed index") as caught:
        private.update([f"file:{tmp_path}/nowhere"])
    assert caught.value.status == errors.PAYLOAD


def test_unsigned_mirror_is_refused(private, tmp_path):
    """A mirror that serves an index without Debian's signature is no mirror."""
    index = tmp_path / "mirror/dists/trixie"
    (index / "main/binary-riscv64").mkdir(parents=True)
    (index / "main/binary-riscv64/Packages").touch()
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    (index / "Release").write_text("Origin: Debian\nSuite: trixie\nCodename: trixie\nArchitectures: riscv64\nComponents: main\n"
                                   f"SHA256:\n {empty} 0 main/binary-riscv64/Packages\n")
    with pytest.raises(errors.LauncherError, match="not signed") as caught:
        private.update([f"file:{tmp_path}/mirror"])
    assert caught.value.status == errors.PAYLOAD
