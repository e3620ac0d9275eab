/* SPDX-License-Identifier: BSD-2-Clause */
#include "apic.h"

#include <l4/abi/arch.h>

#include "guest.h"
#include "layout.h"
#include "tsc.h"

enum reg {
	REG_ID = 0x802,
	REG_VERSION = 0x803,
	REG_LDR = 0x80d,
	REG_SVR = 0x80f,
	REG_TMR0 = 0x818,
	REG_TMR7 = 0x81f,
	REG_ESR = 0x828,
	REG_ICR = 0x830,
	REG_LVT0 = 0x832,
	REG_LVT_LAST = REG_LVT0 + APIC_LVTS - 1,
	REG_INITIAL_COUNT = 0x838,
	REG_CURRENT_COUNT = 0x839,
	REG_DIVIDE = 0x83e,
};

enum { LVT_TIMER, LVT_THERMAL, LVT_COUNTERS, LVT_LINT0, LVT_LINT1, LVT_ERROR };
enum { BASE_BSP = 1 << 8, BASE_X2APIC = 1 << 10, BASE_ENABLED = 1 << 11 };
#define VERSION_INTEGRATED 0x14
#define VERSION_MAX_LVT_SHIFT 16
#define LOGICAL_ID 1 /* cluster 0, member 0, as follows from ID 0 */

#define VECTOR_MASK 0xffU
#define VECTOR_MIN L4_VCPU_LINE_VECTOR
#define SVR_RESET 0xffU
#define SVR_ENABLED (1U << 8)
#define SVR_FOCUS (1U << 9) /* has no meaning any more */
#define LVT_MASKED (1U << 16)
#define LVT_DELIVERY (7U << 8)
#define LVT_PIN (5U << 13) /* polarity and trigger mode */
#define LVT_MODE_SHIFT 17
#define LVT_MODE (3U << LVT_MODE_SHIFT)
enum timer_mode { TIMER_ONE_SHOT, TIMER_PERIODIC, TIMER_DEADLINE };
#define DIVIDE_BITS 11U
enum { ERROR_SEND_VECTOR = 1 << 5, ERROR_RECEIVE_VECTOR = 1 << 6 };
#define NEVER UINT64_MAX

static const uint32_t lvt_writable[APIC_LVTS] = {
	[LVT_TIMER] = VECTOR_MASK | LVT_MASKED | LVT_MODE,
	[LVT_THERMAL] = VECTOR_MASK | LVT_MASKED | LVT_DELIVERY,
	[LVT_COUNTERS] = VECTOR_MASK | LVT_MASKED | LVT_DELIVERY,
	[LVT_LINT0] = VECTOR_MASK | LVT_MASKED | LVT_DELIVERY | LVT_PIN,
	[LVT_LINT1] = VECTOR_MASK | LVT_MASKED | LVT_DELIVERY | LVT_PIN,
	[LVT_ERROR] = VECTOR_MASK | LVT_MASKED,
};

/* A new vcpu's registers say the same. */
void apic_reset(struct apic *apic)
{
	*apic = (struct apic){.spurious = SVR_RESET};
	for (unsigned int i = 0; i < APIC_LVTS; i++)
		apic->lvt[i] = LVT_MASKED;
	guest_set_register(L4_VCPU_REG_APIC_TIMER, apic->lvt[LVT_TIMER]);
}

uint64_t apic_base(void)
{
	return LAYOUT_APIC | BASE_BSP | BASE_X2APIC | BASE_ENABLED;
}

/* --- Delivery --- */

static bool is_enabled(const struct apic *apic)
{
	return apic->spurious & SVR_ENABLED;
}

/* Tells of an error as its LVT entry asks. */
static void raise_error(struct apic *apic, uint32_t error)
{
	uint32_t lvt = apic->lvt[LVT_ERROR];
	apic->errors |= error;
	if (!(lvt & LVT_MASKED) && (lvt & VECTOR_MASK) >= VECTOR_MIN)
		guest_set_line(lvt & VECTOR_MASK, true);
}

enum delivery { DELIVERY_FIXED, DELIVERY_LOWEST, DELIVERY_NMI = 4 };

/* False where the vector is none. INIT and start-up are for processors that wait for them: there is no other. */
static bool deliver(unsigned int delivery, unsigned int vector)
{
	switch (delivery) {
	case DELIVERY_FIXED:
	case DELIVERY_LOWEST:
		if (vector < VECTOR_MIN)
			return false;
		guest_set_line(vector, true);
		return true;
	case DELIVERY_NMI:
		guest_set_line(L4_VCPU_LINE_NMI, true);
		return true;
	default:
		return true;
	}
}

void apic_message(uint64_t address, uint32_t data)
{
	enum { DESTINATION_SHIFT = 12, LOGICAL = 1 << 2, DELIVERY_SHIFT = 8 };
	uint8_t destination = address >> DESTINATION_SHIFT;
	bool here = address & LOGICAL ? destination & LOGICAL_ID : destination == 0 || destination == 0xff;
	if (address >> 20 != LAYOUT_APIC >> 20 || !here)
		return;
	deliver(data >> DELIVERY_SHIFT & 7, data & VECTOR_MASK);
}

/* Is this processor one of those that the command names? */
static bool command_names_us(uint64_t command)
{
	enum { SHORTHAND_NONE, SHORTHAND_SELF, SHORTHAND_ALL, SHORTHAND_OTHERS };
	enum { LOGICAL = 1 << 11 };
	uint32_t destination = command >> 32;
	switch (command >> 18 & 3) {
	case SHORTHAND_SELF:
	case SHORTHAND_ALL: return true;
	case SHORTHAND_OTHERS: return false;
	}
	if (destination == UINT32_MAX)
		return true;
	return command & LOGICAL ? destination >> 16 == 0 && destination & LOGICAL_ID : destination == 0;
}

static bool write_command(struct apic *apic, uint64_t command)
{
	enum { DELIVERY_SHIFT = 8 };
	const uint64_t writable = 0xffffffff000ccfff;
	if (command & ~writable)
		return false;
	apic->command = command;
	if (command_names_us(command) && !deliver(command >> DELIVERY_SHIFT & 7, command & VECTOR_MASK))
		raise_error(apic, ERROR_SEND_VECTOR | ERROR_RECEIVE_VECTOR);
	return true;
}

/* --- Timer --- */

static enum timer_mode timer_mode(const struct apic *apic)
{
	return (apic->lvt[LVT_TIMER] & LVT_MODE) >> LVT_MODE_SHIFT;
}

/* The timer counts once in so many ticks: bits 0, 1 and 3 of the divide configuration are the logarithm less one, and the last is 1. */
static unsigned int timer_shift(const struct apic *apic)
{
	unsigned int code = (apic->divide & 3) | (apic->divide >> 1 & 4);
	return (code + 1) & 7;
}

/* From now on `count` until it fires, then, in periodic mode, the initial count again and again. */
static void timer_start(const struct apic *apic, uint32_t count)
{
	uint64_t period = (uint64_t)apic->initial << timer_shift(apic);
	guest_set_register(L4_VCPU_REG_APIC_PERIOD, timer_mode(apic) == TIMER_PERIODIC ? period : 0);
	guest_set_timer(count ? tsc_guest() + ((uint64_t)count << timer_shift(apic)) : NEVER);
}

static uint32_t timer_count(const struct apic *apic)
{
	uint64_t deadline = guest_register(L4_VCPU_REG_APIC_DEADLINE);
	if (timer_mode(apic) == TIMER_DEADLINE || deadline == NEVER)
		return 0;
	uint64_t now = tsc_guest();
	uint64_t round_up = (1UL << timer_shift(apic)) - 1;
	return deadline > now ? (deadline - now + round_up) >> timer_shift(apic) : 0;
}

/* The counting modes count time, and not what the guest makes of its time-stamp counter. */
void apic_tsc_moved(const struct apic *apic, uint64_t by)
{
	uint64_t deadline = guest_register(L4_VCPU_REG_APIC_DEADLINE);
	if (timer_mode(apic) != TIMER_DEADLINE && deadline != NEVER)
		guest_set_timer(deadline + by);
}

static void write_initial_count(struct apic *apic, uint32_t count)
{
	if (timer_mode(apic) == TIMER_DEADLINE)
		return;
	apic->initial = count;
	timer_start(apic, count);
}

static void write_divide(struct apic *apic, uint32_t divide)
{
	uint32_t count = timer_count(apic);
	apic->divide = divide;
	if (count)
		timer_start(apic, count);
}

static void write_timer_lvt(struct apic *apic, uint32_t value)
{
	uint32_t changed = apic->lvt[LVT_TIMER] ^ value;
	apic->lvt[LVT_TIMER] = value;
	guest_set_register(L4_VCPU_REG_APIC_TIMER, value);
	if (!(changed & LVT_MODE))
		return;
	/* The counting modes share one count; to and from the deadline mode the timer stops. */
	if (changed & TIMER_DEADLINE << LVT_MODE_SHIFT) {
		apic->initial = 0;
		timer_start(apic, 0);
	} else {
		guest_set_register(L4_VCPU_REG_APIC_PERIOD, timer_mode(apic) == TIMER_PERIODIC ? (uint64_t)apic->initial << timer_shift(apic) : 0);
	}
}

/* --- Registers --- */

static bool write_lvt(struct apic *apic, unsigned int index, uint64_t value)
{
	if (value & ~(uint64_t)lvt_writable[index])
		return false;
	if (!is_enabled(apic))
		value |= LVT_MASKED;
	if (index == LVT_TIMER) {
		if ((value & LVT_MODE) == LVT_MODE)
			return false;
		write_timer_lvt(apic, value);
	} else {
		apic->lvt[index] = value;
	}
	return true;
}

static bool write_spurious(struct apic *apic, uint64_t value)
{
	if (value & ~(uint64_t)(VECTOR_MASK | SVR_ENABLED | SVR_FOCUS))
		return false;
	apic->spurious = value;
	guest_set_register(L4_VCPU_REG_APIC_ENABLED, is_enabled(apic));
	/* Disabled, the APIC masks its own interrupts. */
	for (unsigned int i = 0; i < APIC_LVTS && !is_enabled(apic); i++)
		write_lvt(apic, i, apic->lvt[i] | LVT_MASKED);
	return true;
}

static bool write_errors(struct apic *apic, uint64_t value)
{
	if (value)
		return false;
	apic->errors_latched = apic->errors;
	apic->errors = 0;
	return true;
}

bool apic_read(const struct apic *apic, uint32_t msr, uint64_t *value)
{
	switch (msr) {
	case REG_ID: *value = 0; return true;
	case REG_VERSION: *value = VERSION_INTEGRATED | (APIC_LVTS - 1) << VERSION_MAX_LVT_SHIFT; return true;
	case REG_LDR: *value = LOGICAL_ID; return true;
	case REG_SVR: *value = apic->spurious; return true;
	case REG_TMR0 ... REG_TMR7: *value = 0; return true; /* all interrupts are edges */
	case REG_ESR: *value = apic->errors_latched; return true;
	case REG_ICR: *value = apic->command; return true;
	case REG_LVT0 ... REG_LVT_LAST: *value = apic->lvt[msr - REG_LVT0]; return true;
	case REG_INITIAL_COUNT: *value = apic->initial; return true;
	case REG_CURRENT_COUNT: *value = timer_count(apic); return true;
	case REG_DIVIDE: *value = apic->divide; return true;
	default: return false;
	}
}

bool apic_write(struct apic *apic, uint32_t msr, uint64_t value)
{
	switch (msr) {
	case REG_SVR: return write_spurious(apic, value);
	case REG_ESR: return write_errors(apic, value);
	case REG_ICR: return write_command(apic, value);
	case REG_LVT0 ... REG_LVT_LAST: return write_lvt(apic, msr - REG_LVT0, value);
	case REG_INITIAL_COUNT:
		if (value > UINT32_MAX)
			return false;
		write_initial_count(apic, value);
		return true;
	case REG_DIVIDE:
		if (value & ~(uint64_t)DIVIDE_BITS)
			return false;
		write_divide(apic, value);
		return true;
	default: return false;
	}
}
