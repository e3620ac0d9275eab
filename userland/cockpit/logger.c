/* SPDX-License-Identifier: BSD-2-Clause */
/* Tells of every tenth sample, whichever incarnation of the sensor it is of, and of what the control task was told. */
#include <stdio.h>

#include <l4/debug.h>
#include <l4/port.h>
#include <l4/startup.h>
#include <l4/syscall.h>
#include <system/logger.h>

#include "sample.h"

#define SAMPLES_A_LINE 10

static void tell_samples(struct l4_port *port)
{
	struct sample sample;
	struct l4_port_message about;
	while (l4_port_receive(port, &sample, sizeof(sample), &about) == L4_PORT_OK)
		if (about.length == sizeof(sample) && sample.count % SAMPLES_A_LINE == 0)
			printf("%lu samples, the latest %ld; the sensor has been started %lu times\n", sample.count, sample.value, sample.starts);
}

static void tell_journal(struct l4_port *port)
{
	char text[SYSTEM_CHANNEL_JOURNAL_SIZE];
	struct l4_port_message about;
	while (l4_port_receive(port, text, sizeof(text), &about) == L4_PORT_OK)
		printf("control: %.*s\n", (int)about.length, text);
}

int main(void)
{
	struct l4_port samples, journal;
	L4_ENSURE(l4_port_open(&samples, SYSTEM_CHANNEL_SAMPLES) && l4_port_open(&journal, SYSTEM_CHANNEL_JOURNAL));
	for (;;) {
		tell_samples(&samples);
		tell_journal(&journal);
		l4_wait(l4_startup_cap("notification"));
	}
}
