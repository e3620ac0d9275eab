# SPDX-License-Identifier: BSD-2-Clause
"""What the numbers of a trace stand for, in the description's names: found as `verify` finds who is who (composer/verify.py)."""

from dataclasses import dataclass

from composer import distribution, limits
from composer import verify as verifying
from composer.inspection import BINDINGS
from composer.model import GUEST, PORTS

from .records import NOBODY, PAGE_BITS

GONE = "not described"


@dataclass(frozen=True)
class Thread:
    """A thread of PARTITION. A vcpu runs in guest mode."""
    partition: str
    name: str
    is_vcpu: bool = False


class WhoIsWho(verifying.Comparison):
    """Without the comparison."""

    def compare(self):
        pass

    def check_piece(self, partition, piece, what):
        pass


class Names:
    """Of SYSTEM, from the verify.Comparison or WhoIsWho about an inspection of it. What is gone by then, or never was in the description, keeps its number."""

    def __init__(self, system, known):
        self.system, self.known = system, known
        self.partitions = [partition.name for partition in system.partitions]
        self.threads, self.domains = {}, {}
        for thread in sorted(known.inspection.objects("thread"), key=lambda cap: cap.object):
            self.add(thread)

    def add(self, thread):
        held = {BINDINGS[slot]: cap for slot, cap in self.known.inspection.held(thread).items()}
        owner = self.known.memory.owner(thread.object)
        partition = owner if owner in self.partitions else GONE
        self.threads[thread.object >> PAGE_BITS] = Thread(partition, self.thread_name(thread, partition, "vcpu" in held), "vcpu" in held)
        if "domain" in held:
            self.domains.setdefault(held["domain"].object, set()).add(partition)

    def thread_name(self, thread, partition, is_vcpu):
        kind, *_ = self.known.names.get(thread.key, (None,))
        if kind == "pager's thread":
            return "pager"
        described = self.system.partition(partition)
        is_guest = described is not None and described.kind == GUEST
        base = "vcpu" if is_vcpu else ("VMM" if is_guest else "main") if kind == "thread" else "thread"
        if kind == "thread":
            return base
        number = sum(other.partition == partition and other.name.startswith(base) for other in self.threads.values())
        return f"{base} {number}"

    def thread(self, number):
        return self.threads.get(number) or Thread(GONE, f"thread {number:#x}")

    def domain(self, identity):
        """The partitions of a domain; the boot domain is everybody's who has no other."""
        if identity == NOBODY:
            return "nobody"
        return ", ".join(name for name in self.partitions if name in self.domains.get(identity, ())) or ("the boot domain" if identity == 0 else f"domain {identity:#x}")

    def table(self, identity):
        """A schedule table by its name in the description."""
        return self.object("schedule", identity) if ("schedule", identity) in self.known.names else f"the table at {identity:#x}"

    def object(self, kind, identity):
        """An object in words; only its type where no more is known."""
        name = self.known.names.get((kind, identity))
        if name:
            return verifying.name_text(name)
        owner = self.known.memory.owner(identity) if identity else None
        text = f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"
        return f"{text} of '{owner}'" if owner in self.partitions else text

    def signal(self, identity, bits):
        """What a signal with these bits is for: the ports whose bits are among them, or else the notification."""
        to = self.known.names.get(("notification", identity))
        ports = [channel.name for channel in self.system.channels if channel.kind in PORTS and
                 any(bits & badge and distribution.signals(self.system.partition(end)) == to
                     for end, badge in ((channel.target, channel.badge), (channel.source, channel.back_badge)))]
        return "port " + ", ".join(f"'{name}'" for name in ports) if ports else self.object("notification", identity)

    def line(self, number):
        """An interrupt line by its device's name."""
        machine = limits.MACHINES[self.system.arch]
        lines = {device.interrupt: f"device '{device.name}'" for device in self.system.devices if device.interrupt is not None}
        lines[machine.console_interrupt] = "the serial line"
        return lines.get(number, "no device of the description")
