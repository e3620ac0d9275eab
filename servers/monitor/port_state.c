/* SPDX-License-Identifier: BSD-2-Clause */
#include "port_state.h"

#include <l4/stubs.h>
#include <l4/time.h>

/* What is read of a port's memory, at one moment. The ends may write anything there. */
struct port_state {
	uint64_t written;
	uint64_t refused;
	uint64_t time;
	uint64_t received;
	uint64_t lost;
};

/* The frame's page, through the window; null where it cannot be mapped. */
static const void *open_frame(l4_cap_t frame)
{
	return l4_space_map(&monitor.window.own, frame, monitor.window.vaddr, L4_READ) == L4_OK ? (const void *)monitor.window.vaddr : NULL;
}

static bool read_state(struct port_state *state, l4_cap_t source_frame, l4_cap_t destination_frame)
{
	const struct l4_port_source *source = open_frame(source_frame);
	*state = (struct port_state){0};
	if (!source)
		return false;
	state->written = atomic_load(&source->written);
	state->refused = atomic_load(&source->refused);
	state->time = atomic_load(&source->time);
	l4_frame_unmap(source_frame);
	const struct l4_port_destination *destination = destination_frame ? open_frame(destination_frame) : NULL;
	if (!destination)
		return destination_frame == 0;
	state->received = atomic_load(&destination->received);
	state->lost = atomic_load(&destination->lost);
	return l4_frame_unmap(destination_frame) == L4_OK;
}

static enum monitor_port_kind kind_of(const struct channel *channel)
{
	if (channel->kind == CHANNEL_SAMPLING)
		return MONITOR_PORT_SAMPLING;
	return channel->overflow == L4_PORT_REFUSE ? MONITOR_PORT_REFUSE : MONITOR_PORT_OLDEST;
}

/* Of a queue. More than its depth are those that were overwritten, and what an end that breaks the rules claims. */
static l4_word_t waiting(const struct port_state *state, uint32_t depth)
{
	uint64_t count = state->written - state->received;
	return count < depth ? count : depth;
}

static void put_state(l4_word_t *words, const struct channel *channel, const struct port_state *state)
{
	bool queues = channel->kind == CHANNEL_QUEUING;
	l4_word_t now = l4_now();
	put_name(&words[MONITOR_PORT_NAME], channel->name);
	words[MONITOR_PORT_KIND] = kind_of(channel);
	words[MONITOR_PORT_FROM] = channel->from;
	words[MONITOR_PORT_TO] = channel->to;
	words[MONITOR_PORT_SIZE] = channel->size;
	words[MONITOR_PORT_DEPTH] = queues ? channel->depth : 0;
	words[MONITOR_PORT_MESSAGES] = state->written;
	words[MONITOR_PORT_WAITING] = queues ? waiting(state, channel->depth) : 0;
	words[MONITOR_PORT_OVERFLOWS] = state->refused + state->lost;
	words[MONITOR_PORT_AGE] = state->written && state->time <= now ? now - state->time : MONITOR_PORT_NEVER;
}

static bool is_end(const struct part *part, const struct channel *channel)
{
	return channel_is_port(channel) && (channel->from == part->index || channel->to == part->index);
}

int port_states(const struct part *part, l4_word_t first, struct answer *answer)
{
	const struct system_description *system = &monitor.handover->system;
	struct port_state state;
	answer->length = MONITOR_PORTS_FIRST;
	for (uint32_t i = 0; i < system->channel_count; i++) {
		const struct channel *channel = &system->channel[i];
		if (!is_end(part, channel) || answer->word[MONITOR_PORTS_ALL]++ < first || answer->length + MONITOR_PORT_LENGTH > L4_MESSAGE_WORDS)
			continue;
		if (!read_state(&state, monitor.channel_memory[i].piece[0], monitor.channel_back[i]))
			return MONITOR_FAILED;
		put_state(&answer->word[answer->length], channel, &state);
		answer->length += MONITOR_PORT_LENGTH;
	}
	return MONITOR_OK;
}
