# SPDX-License-Identifier: BSD-2-Clause
"""What is where in programs, and programs that fail where a test wants it."""

from elftools.elf.elffile import ELFFile

UNDEFINED = {"EM_RISCV": bytes(4), "EM_X86_64": b"\x0f\x0b"}


def _address(elf, symbol):
    return elf.get_section_by_name(".symtab").get_symbol_by_name(symbol)[0]["st_value"]


def address(path, symbol):
    """Where SYMBOL of the ELF file at PATH is linked."""
    with open(path, "rb") as file:
        return _address(ELFFile(file), symbol)


def broken(path, function):
    """(bytes of the ELF file at PATH in which FUNCTION cannot be executed, its address)."""
    data = bytearray(path.read_bytes())
    with open(path, "rb") as file:
        elf = ELFFile(file)
        start = _address(elf, function)
        offset = next(elf.address_offsets(start))
        code = UNDEFINED[elf["e_machine"]]
    data[offset:offset + len(code)] = code
    return bytes(data), start
