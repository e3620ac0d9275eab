# SPDX-License-Identifier: BSD-2-Clause
"""The shell of the default guest, Debian's kernel with BusyBox."""

PROMPT = r"guest:\S*# "
BOOT = 120


def at_prompt(machine):
    """The machine, once its guest is ready. What the kernel has to say of a busy host is not for the console; a panic still is."""
    machine.expect(PROMPT, timeout=BOOT)
    run(machine, "dmesg -n 1")
    return machine


def run(machine, command, timeout=60):
    """What COMMAND prints in the guest's shell. Markers tell its output from the echo of its typing."""
    machine.send(f"echo BEG''IN; {command}; echo E''ND\n")
    machine.expect(r"^BEGIN\n", timeout)
    start = machine.position
    end = machine.expect(r"^END\n", timeout)
    text = machine.text[start:end.start()]
    machine.expect(PROMPT, timeout)
    return text
