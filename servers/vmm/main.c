/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The VMM: builds one guest, then answers its exits. Three threads share the guest's partition:
 *
 *   input thread   priority p+2, own time   waits for the console, then calls the main loop
 *   main loop      priority p+1, no time    all state is its own; runs on the time of whoever calls it
 *   vcpu           priority p,   own time   calls the main loop by its exits and its hypercalls to slot 0
 */
#include <l4/startup.h>
#include <l4/stubs.h>

#include "channel_port.h"
#include "disk.h"
#include "entry.h"
#include "guest.h"
#include "guest_build.h"
#include "input.h"
#include "objects.h"
#include "terminal_start.h"

/* The console server, the timer and the channels signal one notification; what woke the input thread does not matter. */
static l4_cap_t connect_terminal(void)
{
	struct l4_console *console = l4_console();
	l4_cap_t timer = objects_new(L4_TYPE_TIMER);
	terminal_start(console, timer);
	if (!console)
		return l4_startup_cap("notification");
	objects_require(l4_timer_bind(timer, console->wait), "VMM: terminal's timer");
	return console->wait;
}

static void serve_calls_to(l4_cap_t *endpoint)
{
	*endpoint = objects_new(L4_TYPE_ENDPOINT);
	objects_require(l4_thread_bind(L4_SLOT_THREAD, L4_BIND_REPLY, objects_new(L4_TYPE_REPLY)), "VMM: reply object");
}

int main(void)
{
	static struct config config;
	struct l4_space guest_space;
	struct input input;
	struct entry entry;

	config_read(&config);
	guest_start(config.monitor);
	objects_start();
	serve_calls_to(&input.endpoint);
	objects_require(l4_space_new(&guest_space, L4_TYPE_GUEST_VSPACE, &objects), "VMM: guest's space");
	entry_make_memory(&config, &guest_space);
	entry_load(&config, &entry);
	struct block_backing *disk = disk_open(&config);
	input.vcpu_thread = guest_build(&config, &guest_space, input.endpoint);
	entry_set_registers(input.vcpu_thread, &entry);
	input.notification = connect_terminal();
	input_start(&config, &input);
	entry_serve(input.endpoint, disk, channel_ports_open(config.alive));
}
