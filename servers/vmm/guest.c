/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <l4/ipc.h>
#include <l4/startup.h>
#include <l4/stubs.h>
#include <l4/threads.h>
#include <l4/time.h>
#include <servers/monitor.h>

#include "guest_build.h"
#include "objects.h"

#define CNODE_BITS 11 /* VMM_GUEST_SLOTS slots of 64 bytes, and one more, for the last of a cnode is the kernel's */
_Static_assert((VMM_GUEST_SLOTS + 1) * 64 <= 1 << CNODE_BITS, "size of the guest's cnode");

static struct {
	l4_cap_t vcpu;
	l4_cap_t monitor;
} guest;

void guest_set_line(unsigned int line, bool level)
{
	l4_vcpu_set_line(guest.vcpu, line, level);
}

void guest_set_timer(uint64_t deadline)
{
	l4_vcpu_set_timer(guest.vcpu, deadline);
}

uint64_t guest_register(unsigned int number)
{
	l4_word_t value = 0;
	objects_require(l4_vcpu_read_register(guest.vcpu, number, &value), "VMM: vcpu's system registers");
	return value;
}

void guest_set_register(unsigned int number, uint64_t value)
{
	objects_require(l4_vcpu_write_register(guest.vcpu, number, value), "VMM: vcpu's system registers");
}

bool guest_offer_register(unsigned int number, uint64_t value)
{
	return l4_vcpu_write_register(guest.vcpu, number, value) == L4_OK;
}

#define TEXT_SIZE ((MONITOR_GUEST_STATE_LENGTH - MONITOR_GUEST_STATE_TEXT) * sizeof(l4_word_t))

/* A partition that has used up its share of the monitor's time, as by many reboots, has no capability to it for a while. What is to be told must be heard. */
static void tell_monitor(const struct l4_registers *words, l4_word_t length)
{
	struct l4_registers m;
	do {
		l4_yield();
		m = *words;
	} while (l4_call(guest.monitor, l4_tag(MONITOR_GUEST_STATE, length), &m).status != L4_OK);
}

/* Tells the monitor; waits for ever after, should it come back. */
__attribute__((noreturn)) static void end(struct l4_registers m)
{
	tell_monitor(&m, l4_ipc_buffer ? MONITOR_GUEST_STATE_LENGTH : MONITOR_GUEST_STATE_TEXT);
	for (;;)
		l4_thread_suspend(L4_SLOT_THREAD);
}

static void write_text(const char text[TEXT_SIZE])
{
	for (unsigned int i = 0; l4_ipc_buffer && i < TEXT_SIZE / sizeof(l4_word_t); i++) {
		l4_word_t word;
		memcpy(&word, text + i * sizeof(word), sizeof(word));
		l4_ipc_buffer->message[MONITOR_GUEST_STATE_TEXT + i] = word;
	}
}

void guest_off(uint64_t reason)
{
	write_text((char[TEXT_SIZE]){0});
	end((struct l4_registers){{MONITOR_GUEST_OFF, reason}});
}

void guest_reboot(uint64_t reason)
{
	write_text((char[TEXT_SIZE]){0});
	end((struct l4_registers){{MONITOR_GUEST_REBOOT, reason}});
}

void guest_failed(const char *text, uint64_t detail)
{
	guest_failed_at(0, detail, NULL, "%s", text);
}

void guest_failed_at(uint64_t pc, uint64_t detail, const char *hint, const char *format, ...)
{
	char text[TEXT_SIZE] = "";
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	size_t length = strlen(text) + 1;
	if (hint && length < sizeof(text))
		snprintf(text + length, sizeof(text) - length, "%s", hint);
	write_text(text);
	end((struct l4_registers){{MONITOR_GUEST_FAILED, detail, pc}});
}

void guest_start(l4_cap_t monitor)
{
	guest.monitor = monitor;
}

void guest_announce(void)
{
	struct l4_registers m = {{MONITOR_GUEST_RUNNING}};
	tell_monitor(&m, MONITOR_GUEST_STATE_PC);
}

/* The table of what the guest can reach by hypercalls: its own VMM, and what the description gives. */
static l4_cap_t build_cnode(const struct config *config, l4_cap_t endpoint)
{
	l4_cap_t cnode = 0;
	objects_require(l4_objects_alloc(&objects, L4_TYPE_CNODE, CNODE_BITS, L4_MEMORY_OBJECT, &cnode), "VMM: no memory for the guest's cnode");
	objects_require(l4_cnode_copy(cnode, 0, L4_SLOT_CNODE, endpoint, L4_WRITE), "VMM: guest's slot 0");
	for (unsigned int i = 1; i < VMM_GUEST_SLOTS; i++) {
		if (config->guest_slot[i])
			objects_require(l4_cnode_copy(cnode, i, L4_SLOT_CNODE, config->guest_slot[i], L4_WRITE), "VMM: guest's other slots");
	}
	return cnode;
}

static void build_vcpu(const struct config *config, l4_cap_t space, l4_cap_t endpoint)
{
	guest.vcpu = objects_new(L4_TYPE_VCPU);
	objects_require(l4_vcpu_set_space(guest.vcpu, space), "VMM: vcpu's space");
	objects_require(l4_vcpu_set_cnode(guest.vcpu, build_cnode(config, endpoint)), "VMM: vcpu's cnode");
}

static l4_cap_t build_time(const struct config *config)
{
	l4_word_t whole = l4_ticks_per_second();
	l4_cap_t time = 0;
	objects_require(l4_sched_context_new(&objects, config->domain, config->budget ? config->budget : whole, config->budget ? config->period : whole, &time),
			"VMM: guest's time");
	return time;
}

l4_cap_t guest_build(const struct config *config, const struct l4_space *space, l4_cap_t endpoint)
{
	build_vcpu(config, space->vspace, endpoint);
	l4_cap_t thread = objects_new(L4_TYPE_THREAD);
	objects_require(l4_thread_bind(thread, L4_BIND_HANDLER, endpoint), "VMM: vcpu's handler");
	objects_require(l4_thread_bind(thread, L4_BIND_DOMAIN, config->domain), "VMM: vcpu's domain");
	objects_require(l4_thread_set_priority(thread, config->domain, config->priority), "VMM: vcpu's priority");
	objects_require(l4_thread_bind(thread, L4_BIND_SCHED_CONTEXT, build_time(config)), "VMM: vcpu's time");
	objects_require(l4_thread_set_fpu(thread, true), "VMM: vcpu's FPU");
	objects_require(l4_thread_bind(thread, L4_BIND_VCPU, guest.vcpu), "VMM: vcpu's thread");
	return thread;
}
