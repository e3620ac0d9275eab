# SPDX-License-Identifier: BSD-2-Clause
"""A debugger of QEMU's processor, by GDB's remote protocol (the manual of GDB, appendix E): reads and writes registers that have a name, and physical memory
with the devices in it, and stops the machine at an address."""

import re
import socket
import time


class Debugger:
    """Connected to the socket PATH of a machine (launcher.machine.Machine's `debugger`), which stands still from then on until `close`."""

    def __init__(self, path, timeout=30):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(timeout)
        self.buffer = b""
        deadline = time.monotonic() + timeout
        while self.socket.connect_ex(str(path)):
            assert time.monotonic() < deadline, f"no machine listens at {path}"
            time.sleep(0.1)

    def _send(self, packet):
        self.socket.sendall(b"$%s#%02x" % (packet, sum(packet) % 256))

    def _receive(self):
        while not (match := re.search(rb"\$([^#]*)#..", self.buffer, re.DOTALL)):
            data = self.socket.recv(65536)
            assert data, "the machine ended"
            self.buffer += data
        self.buffer = self.buffer[match.end():]
        self.socket.sendall(b"+")
        return match[1]

    def ask(self, packet):
        """The reply to PACKET. That the machine stands still, some versions of QEMU tell unasked."""
        self._send(packet)
        while (reply := self._receive()).startswith(b"T"):
            pass
        return reply

    def _features(self, name):
        """The description NAME of registers."""
        text = b""
        while True:
            part = self.ask(b"qXfer:features:read:%s:%x,%x" % (name.encode(), len(text), 0x800))
            assert part[:1] in (b"m", b"l"), f"the machine does not describe {name}"
            text += part[1:]
            if part[:1] == b"l":
                return text.decode()

    def numbers(self):
        """The registers' numbers by name: descriptions count on from where the one before ended, unless they say a number."""
        numbers, following = {}, 0
        for name in re.findall(r'<xi:include href="([^"]+)"', self._features("target.xml")):
            for attributes in re.findall(r"<reg ([^>]*)>", self._features(name)):
                pairs = dict(re.findall(r'(\w+)="([^"]*)"', attributes))
                following = int(pairs.get("regnum", following))
                numbers[pairs["name"]] = following
                following += 1
        return numbers

    def read(self, number):
        """The register's value, of 64 bits."""
        return int.from_bytes(bytes.fromhex(self.ask(b"p%x" % number).decode()), "little")

    def write(self, number, value):
        """Makes the register's 64 bits VALUE."""
        assert self.ask(b"P%x=%s" % (number, value.to_bytes(8, "little").hex().encode())) == b"OK"

    def _physical(self, packet):
        """The reply to PACKET, in which addresses are physical."""
        assert self.ask(b"Qqemu.PhyMemMode:1") == b"OK"
        reply = self.ask(packet)
        assert self.ask(b"Qqemu.PhyMemMode:0") == b"OK"
        return reply

    def read_word(self, address):
        """The 32 bits at the physical ADDRESS, which may be a device's."""
        return int.from_bytes(bytes.fromhex(self._physical(b"m%x,4" % address).decode()), "little")

    def write_bytes(self, address, data):
        """Writes DATA at the physical ADDRESS, at most four bytes in one access."""
        assert self._physical(b"M%x,%x:%s" % (address, len(data), data.hex().encode())) == b"OK"

    def write_word(self, address, value):
        """Writes 32 bits at the physical ADDRESS."""
        self.write_bytes(address, value.to_bytes(4, "little"))

    def monitor(self, command):
        """What QEMU's monitor says to COMMAND."""
        self._send(b"qRcmd,%s" % command.encode().hex().encode())
        text = b""
        while (reply := self._receive()) != b"OK":
            text += bytes.fromhex(reply[1:].decode()) if reply.startswith(b"O") else b""
        return text.decode()

    def go_to(self, address):
        """The machine goes on until it is about to execute the instruction at the virtual ADDRESS."""
        assert self.ask(b"Z0,%x,1" % address) == b"OK"
        self._send(b"c")
        while not self._receive().startswith(b"T"):
            pass
        assert self.ask(b"z0,%x,1" % address) == b"OK"

    def close(self):
        """The machine goes on."""
        self.ask(b"D")
        self.socket.close()
