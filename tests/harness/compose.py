# SPDX-License-Identifier: BSD-2-Clause
"""Bundles for tests: systems of tests/systems/ and systems/, with files and settings that the test chooses."""

from composer import description, manifest, members, overrides
from launcher import bundle, images, paths

SUITE = "suite"  # not described: one program that gets the whole machine
FOLDERS = (paths.TOP / "tests" / "systems", paths.TOP / "systems")


def find(system):
    return next(path for path in (folder / f"{system}.toml" for folder in FOLDERS) if path.exists())


def described(arch, system, settings):
    """The System of that name. SETTINGS: `load` is its variant, PARTITION.memory a guest's memory, PARTITION.disk the path of its disk,
    PARTITION.KEY an argument KEY=VALUE."""
    made = description.load(find(system), arch.name, settings.get("load"))
    for name, value in settings.items():
        partition, _, key = name.partition(".")
        if key == "memory":
            made = overrides.with_guest(made, partition, memory=value if isinstance(value, int) else images.parse_memory(value))
        elif key == "disk":
            made = overrides.with_guest(made, partition, disk=value)
        elif key:
            made = overrides.with_arguments(made, partition, f"{key}={value}")
    return made


def make_bundle(arch, system, files, settings=None):
    """FILES maps names to bytes or paths. The bundle holds those of them that the system is made of; what is missing is init's to tell."""
    settings = settings or {}
    if system == SUITE:
        content = {name: data if isinstance(data, bytes) else data.read_bytes() for name, data in files.items()}
        return bundle.make(manifest.write_whole_machine(SUITE, settings.get("cases", ()), content, arch.name), content)
    made = described(arch, system, settings)
    files = {**{partition.member("disk"): partition.guest.disk for partition in made.partitions if partition.guest and partition.guest.disk}, **files}
    wanted = [*members.programs(made), *(partition.member(what) for partition in made.partitions for what in ("kernel", "initrd", "disk", "cmdline"))]
    content = {name: files[name] if isinstance(files[name], bytes) else files[name].read_bytes() for name in wanted if name in files}
    content = {name: data for name, data in content.items() if data}
    return bundle.make(manifest.write(made, content), content)
