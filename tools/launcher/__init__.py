# SPDX-License-Identifier: BSD-2-Clause
"""The launcher: from a fresh checkout to a running system. `cli` is the entry; each other module has one subject."""
