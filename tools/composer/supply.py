# SPDX-License-Identifier: BSD-2-Clause
"""
How much processor time the windows of a schedule table give a partition, at worst: the supply-bound function.

The worst moment to begin to count is when one of its windows ends.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Gap:
    """Time without the partition, from START in one frame to END, which may be in the next one."""
    start: int
    end: int

    @property
    def length(self):
        return self.end - self.start


class Supply:
    """Of one partition by one table, in which it has a window."""

    def __init__(self, schedule, name):
        self.frame = schedule.frame
        self.pieces = [(window.at + schedule.pad, window.end) for window in schedule.windows_of(name)]
        self.in_frame = sum(end - start for start, end in self.pieces)

    def _after(self, number):
        """The pieces that follow that of NUMBER, for one frame, up to itself."""
        yield from self.pieces[number + 1:]
        yield from ((start + self.frame, end + self.frame) for start, end in self.pieces[:number + 1])

    def gaps(self):
        return [Gap(end, next(self._after(number))[0]) for number, (_, end) in enumerate(self.pieces)]

    @property
    def longest_gap(self):
        return max(self.gaps(), key=lambda gap: gap.length)

    @property
    def before_first(self):
        """How long a frame lasts until the partition runs."""
        return self.pieces[0][0]

    @property
    def after_last(self):
        """How long a frame lasts after the partition has run."""
        return self.frame - self.pieces[-1][1]

    def _wait(self, number, amount):
        """From the end of piece NUMBER on, until AMOUNT, at most that of one frame, was given."""
        origin = self.pieces[number][1]
        for start, end in self._after(number):
            if amount <= end - start:
                return start + amount - origin
            amount -= end - start
        return self.frame

    def time_for(self, amount):
        """How long it takes at worst until AMOUNT, more than 0, was given."""
        frames, rest = divmod(amount - 1, self.in_frame)
        return frames * self.frame + max(self._wait(number, rest + 1) for number in range(len(self.pieces)))

    def least(self, time):
        """The least that is given in any interval of TIME."""
        frames, rest = divmod(time, self.frame)
        return frames * self.in_frame + min(self._given(number, rest) for number in range(len(self.pieces)))

    def _given(self, number, time):
        until = self.pieces[number][1] + time
        return sum(max(0, min(end, until) - start) for start, end in self._after(number))
