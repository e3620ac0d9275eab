/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sends one honest letter, and then writes whatever comes to its mind wherever it can, and signals; at last where it cannot: it is started anew, and must
 * find its ports usable.
 */
#include <stdio.h>

#include <l4/debug.h>
#include <l4/syscall.h>
#include <system/vandal.h>

#include "record.h"

#define ROUNDS 200
#define PORTS_MAX 16
#define LETTER_SECONDS 20

static struct l4_port port[PORTS_MAX];
static unsigned int count;

static uint64_t any(void)
{
	static uint64_t state;
	if (!state)
		state = l4_now() | 1;
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static void write_letter(void)
{
	struct l4_port letters;
	L4_ENSURE(l4_port_open(&letters, SYSTEM_CHANNEL_LETTERS));
	struct record record = record_of(next_number(&letters));
	enum l4_port_status status = l4_port_send_until(&letters, &record, sizeof(record), in_milliseconds(1000 * LETTER_SECONDS));
	L4_ENSURE(status == L4_PORT_OK);
}

static void scribble(void *at, size_t size)
{
	volatile uint64_t *word = at;
	for (size_t i = 0; i < size / sizeof(*word); i++)
		if (any() % 4)
			word[i] = any() % 3 ? any() % 16 : any();
}

/* Numbers that could be right, and lengths that are not. */
static void forge(const struct l4_port *of)
{
	const struct l4_port_memory *memory = &of->memory;
	uint64_t number = memory->number + any() % 16;
	for (uint32_t i = 0; i <= memory->depth; i++) {
		struct l4_port_slot *slot = (struct l4_port_slot *)((uint8_t *)memory->source + sizeof(*memory->source) + i * l4_port_slot_bytes(memory->size));
		atomic_store(&slot->length, (uint32_t)(any() % 2 ? any() % (2 * memory->size) : any()));
		atomic_store(&slot->number, number - (number - i) % (memory->depth + 1));
	}
	atomic_store(&memory->source->written, number);
}

static void attack(const struct l4_port *of)
{
	const struct l4_port_memory *memory = &of->memory;
	if (of->entry->direction == L4_PORT_DESTINATION)
		scribble(memory->destination, sizeof(*memory->destination));
	else if (any() % 2)
		forge(of);
	else
		scribble(memory->source, l4_port_source_bytes(memory->size, memory->depth));
	if (of->entry->signal)
		l4_signal(of->entry->signal);
}

/* What the other end writes. The monitor ends this incarnation. */
static void attack_the_others_pages(void)
{
	const struct l4_port *of;
	do
		of = &port[any() % count];
	while (of->entry->direction == L4_PORT_SOURCE && !of->memory.destination);
	scribble(of->entry->direction == L4_PORT_SOURCE ? (void *)of->memory.destination : (void *)of->memory.source, 64);
}

int main(void)
{
	write_letter();
	while (count < PORTS_MAX && l4_port_open_number(&port[count], count))
		count++;
	for (unsigned int i = 0; i < ROUNDS; i++)
		attack(&port[any() % count]);
	attack_the_others_pages();
	printf("the other end's pages can be written\n");
	return 0;
}
