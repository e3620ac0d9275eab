# SPDX-License-Identifier: BSD-2-Clause
"""apt with a private configuration: other architecture, other release, own state; the machine's proxies and passwords.

apt reads the machine's configuration first, then ours, which replaces every folder that apt writes to and drops what would
run programs. So nothing of the machine's own package system is changed, and no root is needed.
"""

import os
import subprocess

from . import errors

CONFIGURATION = """\
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear APT::Default-Release;
#clear APT::Architectures;
#clear Acquire::IndexTargets;
APT::Architecture "{architecture}";
APT::Architectures {{ "{architecture}"; }};
APT::Sandbox::User "{user}";
Acquire::Languages "none";
Acquire::Retries "3";
Acquire::AllowInsecureRepositories "false";
Acquire::AllowWeakRepositories "false";
APT::Get::AllowUnauthenticated "false";
Acquire::IndexTargets::deb::Packages {{
    MetaKey "$(COMPONENT)/binary-$(ARCHITECTURE)/Packages";
    ShortDescription "Packages";
    Description "$(RELEASE)/$(COMPONENT) $(ARCHITECTURE) Packages";
    Optional "false";
}};
Dir::State "{root}/state";
Dir::State::status "{root}/status";
Dir::Cache "{root}/cache";
Dir::Etc::sourcelist "{root}/debian.sources";
Dir::Etc::sourceparts "-";
Dir::Etc::preferences "-";
Dir::Etc::preferencesparts "-";
"""

SOURCES = """\
Types: deb
URIs: {mirror}
Suites: {suite}
Components: main
Signed-By: {keyring}
"""


class PrivateApt:
    """apt for one architecture and suite of Debian, with its state below ROOT."""

    def __init__(self, root, architecture, suite, keyring):
        self.root, self.suite, self.keyring = root, suite, keyring
        if '"' in str(root):
            raise errors.LauncherError(errors.PAYLOAD, f"apt's configuration cannot name {root}, for its '\"'; right would be a folder without one")
        for folder in ("state/lists/partial", "cache/archives/partial"):
            (root / folder).mkdir(parents=True, exist_ok=True)
        (root / "status").touch()
        # Root's apt would fetch as the user _apt, who may not reach a checkout in somebody's home.
        user = "root" if os.geteuid() == 0 else ""
        (root / "apt.conf").write_text(CONFIGURATION.format(architecture=architecture, root=root, user=user))

    def run(self, *arguments, cwd=None):
        """The completed process of one apt command, with its output as text."""
        program, *rest = arguments
        return subprocess.run([program, "-q", "-c", self.root / "apt.conf", *rest], check=False, text=True, cwd=cwd,
                              env={**os.environ, "LC_ALL": "C.UTF-8"}, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def update(self, mirrors):
        """Reads the index of the first of MIRRORS that serves the suite with a good signature."""
        failures = []
        for mirror in mirrors:
            (self.root / "debian.sources").write_text(
                SOURCES.format(mirror=mirror, suite=self.suite, keyring=self.keyring))
            answer = self.run("apt-get", "update", "--error-on=any")
            if answer.returncode == 0:
                return
            failures.append(f"{mirror}:\n{answer.stdout.strip()}")
        raise errors.LauncherError(errors.PAYLOAD, f"no mirror gave a signed index of Debian {self.suite}:\n"
                                   + "\n".join(failures) + "\nGive another with --mirror URL.")

    def dependency(self, package, prefix):
        """The package whose name begins with PREFIX that PACKAGE, a metapackage, depends on."""
        answer = self.run("apt-cache", "depends", "--no-recommends", "--no-suggests", package)
        for line in answer.stdout.splitlines():
            _, separator, name = line.partition("Depends: ")
            if separator and name.startswith(prefix):
                return name.strip()
        raise errors.LauncherError(errors.PAYLOAD, f"{package} of Debian {self.suite} depends on no {prefix}*:\n{answer.stdout}")

    def megabytes(self, package):
        """The size of PACKAGE's archive in MB, for people."""
        answer = self.run("apt-cache", "show", "--no-all-versions", package)
        sizes = [int(line.split()[1]) for line in answer.stdout.splitlines() if line.startswith("Size: ")]
        if not sizes:
            raise errors.LauncherError(errors.PAYLOAD, f"Debian {self.suite} has no {package}:\n{answer.stdout}")
        return -(-sizes[0] // 1_000_000)

    def download(self, package, folder):
        """The path of PACKAGE's archive, fetched into FOLDER; apt has checked it against the signed index."""
        folder.mkdir(parents=True, exist_ok=True)
        for stale in folder.glob(f"{package}_*.deb"):
            stale.unlink(missing_ok=True)
        answer = self.run("apt-get", "download", package, cwd=folder)
        archives = list(folder.glob(f"{package}_*.deb"))
        if answer.returncode or len(archives) != 1:
            raise errors.LauncherError(errors.PAYLOAD, f"cannot fetch {package}:\n{answer.stdout}")
        return archives[0]
