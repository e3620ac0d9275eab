/* SPDX-License-Identifier: BSD-2-Clause */
/* Writes the records on standard input as the tracer does: tests/tracing/test_records.py reads them. */
#include "../../userland/tracer/line.h"

#include <stdio.h>

int main(void)
{
	struct l4_trace_record record;
	char line[TRACE_LINE_SIZE];

	while (fread(&record, sizeof(record), 1, stdin) == 1) {
		trace_line(&record, line);
		fputs(line, stdout);
	}
	return 0;
}
