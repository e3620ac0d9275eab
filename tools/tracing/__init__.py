# SPDX-License-Identifier: BSD-2-Clause
"""What a kernel that traces has recorded: read from the console (records), named by the description (names), as a file for Perfetto (events), in figures (summary)."""
