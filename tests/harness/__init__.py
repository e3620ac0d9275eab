# SPDX-License-Identifier: BSD-2-Clause
"""What the tests share: booting the system and talking to it, and reading tests out of programs."""
