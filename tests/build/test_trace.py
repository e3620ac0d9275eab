# SPDX-License-Identifier: BSD-2-Clause
"""Tracepoints cost nothing but in the kernel that traces: with them and with no text in their place the compiler makes the same instructions."""

import json
import re
import shlex
import subprocess

import pytest
from elftools.elf.elffile import ELFFile
from elftools.elf.relocation import RelocationSection
from launcher import paths

HEADER = paths.TOP / "kernel/notrace/kernel/trace.h"
NUMBER = re.compile(r"\.\d+$")  # of a function that the compiler has split or copied
POINTS = sorted(re.findall(r"^static inline void (trace_\w+)\(", HEADER.read_text(), re.MULTILINE))


def sources():
    """Those of the kernel that hold tracepoints."""
    call = re.compile(r"\b(%s)\(" % "|".join(POINTS))
    files = [*paths.TOP.glob("kernel/*.c"), *paths.TOP.glob("arch/*/*.c"), *paths.TOP.glob("arch/*/virt/*.c")]
    return sorted(str(path.relative_to(paths.TOP)) for path in files if call.search(path.read_text()))


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    """A folder whose kernel/trace.h makes nothing of each tracepoint, not even its arguments."""
    folder = tmp_path_factory.mktemp("empty")
    (folder / "kernel").mkdir()
    lines = ["#pragma once", "#include <kernel/types.h>", "struct cpu_trace {};", "#define TRACE_DISPATCH NULL", "#define trace_exists() false"]
    (folder / "kernel/trace.h").write_text("\n".join(lines + [f"#define {name}(...) ((void)0)" for name in POINTS]) + "\n")
    return folder


def command_of(arch, source, suffix):
    entries = json.loads((arch.variant("release") / "compile_commands.json").read_text())
    return shlex.split(next(entry["command"] for entry in entries if entry["file"] == source and entry["output"].endswith(suffix)))


def place(elf, symbol):
    """What a relocation is about: by the symbol's name, or where it is one that the compiler has numbered, by what it stands for."""
    if symbol.name.startswith(".L"):
        return f"{elf.get_section(symbol['st_shndx']).name}+{symbol['st_value']}"
    return NUMBER.sub("", symbol.name)


def instructions(arch, source, output, headers=None, suffix=".c.o"):
    """What the compiler makes of SOURCE, by section: bytes and relocations; with HEADERS found before all others."""
    command = command_of(arch, source, suffix)
    command[command.index("-o") + 1] = str(output)
    first = [f"-I{headers}"] if headers else []
    subprocess.run([command[0], *first, *command[1:], "-w"], check=True, cwd=paths.TOP)
    with open(output, "rb") as file:
        elf = ELFFile(file)
        symbols = elf.get_section_by_name(".symtab")
        made = {section.name: section.data() for section in elf.iter_sections() if section.name.startswith(".text")}
        for section in elf.iter_sections():
            if isinstance(section, RelocationSection) and ".text" in section.name:
                made[section.name] = [(entry["r_offset"], entry["r_info_type"], place(elf, symbols.get_symbol(entry["r_info_sym"])))
                                      for entry in section.iter_relocations()]
    return made


def test_a_tracepoint_is_no_instruction(arch, tmp_path, empty):
    checked = [source for source in sources() if source.startswith(("kernel/", f"arch/{arch.name}/"))]
    assert len(checked) >= 10
    for source in checked:
        plain = instructions(arch, source, tmp_path / "plain.o")
        assert plain == instructions(arch, source, tmp_path / "empty.o", empty), f"{source}: a tracepoint costs something: an argument that has an effect?"
        assert plain != instructions(arch, source, tmp_path / "trace.o", suffix=".c.trace.o"), f"{source}: the kernel that traces has no tracepoint there"


def symbols_of(path):
    with open(path, "rb") as file:
        return {symbol.name for symbol in ELFFile(file).get_section_by_name(".symtab").iter_symbols()}


@pytest.mark.parametrize("mode", ["debug", "release"])
def test_only_the_kernel_that_traces_has_the_functions(arch, mode):
    assert not [name for name in symbols_of(arch.variant(mode) / "bulkhead.elf") if name.startswith("trace_")]
    assert set(POINTS) <= symbols_of(arch.variant(mode) / "bulkhead-trace.elf")
