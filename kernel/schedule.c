/* SPDX-License-Identifier: BSD-2-Clause */
#include <kernel/arch.h>
#include <kernel/device.h>
#include <kernel/dispatch.h>
#include <kernel/entry.h>
#include <kernel/sched.h>
#include <kernel/trace.h>

struct domain idle_domain;

void schedule_init(struct schedule *schedule, unsigned size_bits)
{
	slot_init(&schedule->slack, L4_HOLDER_SCHEDULE, 0);
	schedule->capacity = ((1UL << size_bits) - sizeof(*schedule)) / sizeof(*schedule->window);
}

/* --- The processor's place --- */

static struct domain *domain_of_window(const struct schedule_place *place)
{
	if (!place->table)
		return &boot_domain;
	struct domain *domain = slot_object_or_null(&place->table->window[place->window].domain);
	return domain ? domain : &idle_domain;
}

static void begin_table(struct schedule_place *place, ticks_t start)
{
	if (place->next != place->table)
		place->since = start;
	place->table = place->next;
	place->next = NULL;
	place->window = 0;
	place->start = start;
	place->end = place->table ? start + place->table->window[0].length : TICKS_NEVER;
}

static void next_window(struct schedule_place *place)
{
	if (place->window + 1 < place->table->windows) {
		place->window++;
		place->start = place->end;
		place->end += place->table->window[place->window].length;
		return;
	}
	place->frames++;
	if (!place->next)
		place->next = place->table;
	begin_table(place, place->end);
}

/* Frames that went by whole while the machine stood still are counted, not gone through. The place is at a frame's first window. */
static void skip_frames(struct schedule_place *place, ticks_t now)
{
	const struct schedule *table = place->table;
	ticks_t frames = (now - place->start) / table->frame;
	place->start += frames * table->frame;
	place->end += frames * table->frame;
	place->frames += frames;
	place->missed += frames * table->windows;
}

/* Goes through the rest of the frame that ended, and less than one frame of the table that is followed then. */
static void advance(struct schedule_place *place, ticks_t now)
{
	place->over = false;
	if (!place->table) {
		place->frames = place->missed = place->latest = 0;
		begin_table(place, now);
		return;
	}
	next_window(place);
	while (place->end <= now) {
		if (place->window == 0 && now - place->start >= place->table->frame) {
			skip_frames(place, now);
			continue;
		}
		place->missed++;
		next_window(place);
	}
}

static void let_in(struct schedule_place *place)
{
	if (!place->table)
		return;
	ticks_t planned = place->start + place->table->pad;
	schedule_wait_pad(planned);
	ticks_t now = arch_now();
	if (now > planned && now - planned > place->latest)
		place->latest = now - planned;
}

void schedule_switch(struct cpu *cpu)
{
	struct schedule_place *place = &cpu->place;
	trace_run(NULL);
	sched_enter_domain(cpu, &idle_domain);
	irq_leave_window(place->domain);
	fpu_put();
	arch_leave_window();
	place->domain = &idle_domain; /* whose timers fire in the pad: nobody's */
	advance(place, arch_now());
	let_in(place);
	place->domain = domain_of_window(place);
	trace_window(place);
	irq_enter_window(place->domain);
	sched_enter_domain(cpu, place->domain);
	sched_clock();
}

static bool is_slack(const struct schedule_place *place, const struct domain *domain)
{
	return place->table && slot_object_or_null(&place->table->slack) == domain;
}

void schedule_domain_lost(void)
{
	struct cpu *cpu = cpu_self();
	struct domain *domain = domain_of_window(&cpu->place);
	if (cpu->place.domain == domain && (cpu->domain == domain || is_slack(&cpu->place, cpu->domain)))
		return;
	if (cpu->place.domain != domain) {
		irq_leave_window(cpu->place.domain);
		cpu->place.domain = domain;
		irq_enter_window(domain);
	}
	sched_enter_domain(cpu, domain);
}

/* --- Objects --- */

#define WINDOWS_A_PIECE 32

static void leave_table(const struct schedule *schedule)
{
	struct schedule_place *place = &cpu_self()->place;
	if (place->next == schedule)
		place->next = NULL;
	if (place->table == schedule) {
		place->table = NULL;
		place->over = true;
	}
}

bool schedule_destroy_piece(struct schedule *schedule)
{
	leave_table(schedule);
	for (unsigned n = 0; n < WINDOWS_A_PIECE && schedule->windows; n++)
		slot_delete_leaf(&schedule->window[--schedule->windows].domain);
	if (schedule->windows)
		return false;
	slot_delete_leaf(&schedule->slack);
	return true;
}

static enum l4_schedule state_of(const struct schedule *schedule)
{
	const struct schedule_place *place = &cpu_self()->place;
	return place->table == schedule ? L4_SCHEDULE_FOLLOWED : place->next == schedule ? L4_SCHEDULE_NEXT : L4_SCHEDULE_UNUSED;
}

static bool is_in_use(const struct schedule *schedule)
{
	return state_of(schedule) != L4_SCHEDULE_UNUSED;
}

/* `domain` may be null. */
static status_t set_domain(struct slot *slot, struct slot *domain)
{
	if (domain && !slot_can_derive(domain))
		return L4_TOO_DEEP;
	slot_delete_leaf(slot);
	if (domain)
		slot_derive(domain, slot, L4_ALL_RIGHTS);
	return L4_OK;
}

status_t schedule_configure(struct invocation *inv, const struct schedule_configure_args *args)
{
	struct schedule *schedule = slot_object(inv->target);
	if (is_in_use(schedule))
		return L4_BUSY;
	if (schedule->windows)
		return L4_BAD_STATE;
	if (args->pad > SCHEDULE_LENGTH_MAX)
		return L4_INVALID_ARGUMENT;
	status_t status = set_domain(&schedule->slack, args->slack);
	if (status == L4_OK)
		schedule->pad = args->pad;
	return status;
}

status_t schedule_set(struct invocation *inv, const struct schedule_set_args *args)
{
	struct schedule *schedule = slot_object(inv->target);
	if (is_in_use(schedule))
		return L4_BUSY;
	if (args->index > schedule->windows || args->index >= schedule->capacity)
		return L4_INVALID_ARGUMENT;
	if (args->length < schedule->pad + sched_min_budget || args->length > SCHEDULE_LENGTH_MAX)
		return L4_INVALID_ARGUMENT;
	struct schedule_window *window = &schedule->window[args->index];
	if (args->index == schedule->windows)
		slot_init(&window->domain, L4_HOLDER_SCHEDULE, args->index + 1);
	status_t status = set_domain(&window->domain, args->domain);
	if (status != L4_OK)
		return status;
	schedule->frame += args->length - window->length;
	window->length = args->length;
	if (args->index == schedule->windows)
		schedule->windows++;
	return L4_OK;
}

status_t schedule_info(struct invocation *inv)
{
	const struct schedule *schedule = slot_object(inv->target);
	invocation_result(inv, 0, schedule->windows);
	invocation_result(inv, 1, schedule->capacity);
	invocation_result(inv, 2, schedule->frame);
	invocation_result(inv, 3, state_of(schedule));
	return L4_OK;
}

status_t schedule_control_switch(struct invocation *inv, const struct schedule_control_switch_args *args)
{
	struct schedule *schedule = slot_object(args->schedule);
	struct schedule_place *place = &cpu_self()->place;
	(void)inv;
	if (!schedule->windows)
		return L4_BAD_STATE;
	place->next = schedule;
	if (!place->table)
		place->over = true;
	return L4_OK;
}

status_t schedule_control_info(struct invocation *inv)
{
	const struct schedule_place *place = &cpu_self()->place;
	const word_t results[] = {place->window, place->start, place->frames, place->missed, place->latest, place->since};
	for (unsigned i = 0; i < sizeof(results) / sizeof(*results); i++)
		invocation_result(inv, i, place->table ? results[i] : 0);
	return L4_OK;
}
