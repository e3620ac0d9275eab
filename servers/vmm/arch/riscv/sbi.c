/* SPDX-License-Identifier: BSD-2-Clause */
#include "sbi.h"

#include <l4/abi/arch.h>

#include "fences.h"
#include "guest.h"
#include "terminal.h"

enum sbi_extension {
	SBI_LEGACY_SET_TIMER = 0,
	SBI_LEGACY_PUTCHAR = 1,
	SBI_LEGACY_GETCHAR = 2,
	SBI_LEGACY_SHUTDOWN = 8,
	SBI_BASE = 0x10,
	SBI_DBCN = 0x4442434e,
	SBI_HSM = 0x48534d,
	SBI_IPI = 0x735049,
	SBI_RFENCE = 0x52464e43,
	SBI_SRST = 0x53525354,
	SBI_TIME = 0x54494d45,
};

enum sbi_error {
	SBI_SUCCESS = 0,
	SBI_FAILED = -1,
	SBI_NOT_SUPPORTED = -2,
	SBI_INVALID_PARAM = -3,
	SBI_INVALID_ADDRESS = -5,
	SBI_ALREADY_AVAILABLE = -6,
};

#define SBI_SPEC_VERSION (2UL << 24)
#define SBI_IMPLEMENTATION_ID 0x424b /* not registered: unknown to every guest, so that none assumes quirks */
#define SBI_IMPLEMENTATION_VERSION 1
#define SBI_ALL_HARTS UINT64_MAX

struct sbi_result {
	int64_t error;
	uint64_t value;
};

/* Out of line, and the last that `sbi_call` does: a jump, so that no call pays for the registers that another one needs. */
#define JUMP __attribute__((noinline))

static bool warm_reset_is_panic;

void sbi_set_warm_reset_is_panic(bool is_panic)
{
	warm_reset_is_panic = is_panic;
}

static struct sbi_result result(int64_t error)
{
	return (struct sbi_result){error, 0};
}

static struct sbi_result success(uint64_t value)
{
	return (struct sbi_result){SBI_SUCCESS, value};
}

static bool has_extension(uint64_t extension)
{
	switch (extension) {
	case SBI_LEGACY_SET_TIMER:
	case SBI_LEGACY_PUTCHAR:
	case SBI_LEGACY_GETCHAR:
	case SBI_LEGACY_SHUTDOWN:
	case SBI_BASE:
	case SBI_DBCN:
	case SBI_HSM:
	case SBI_IPI:
	case SBI_RFENCE:
	case SBI_SRST:
	case SBI_TIME:
	case L4_SBI_EXTENSION: /* answered by the kernel */
		return true;
	default:
		return false;
	}
}

static struct sbi_result base(uint64_t function, uint64_t extension)
{
	enum { SPEC_VERSION, IMPLEMENTATION_ID, IMPLEMENTATION_VERSION, PROBE, MVENDORID, MARCHID, MIMPID };
	switch (function) {
	case SPEC_VERSION: return success(SBI_SPEC_VERSION);
	case IMPLEMENTATION_ID: return success(SBI_IMPLEMENTATION_ID);
	case IMPLEMENTATION_VERSION: return success(SBI_IMPLEMENTATION_VERSION);
	case PROBE: return success(has_extension(extension));
	case MVENDORID:
	case MARCHID:
	case MIMPID: return success(0); /* "not implemented" is legal, and no errata apply to it */
	default: return result(SBI_NOT_SUPPORTED);
	}
}

static struct sbi_result set_timer(uint64_t function, uint64_t deadline)
{
	if (function != 0)
		return result(SBI_NOT_SUPPORTED);
	guest_set_timer(deadline);
	return success(0);
}

/* All harts that the mask names must exist; only hart 0 does. An empty mask names none. */
static bool harts_exist(uint64_t mask, uint64_t first)
{
	return mask == 0 || first == SBI_ALL_HARTS || (first == 0 && mask == 1);
}

static struct sbi_result send_ipi(uint64_t function, uint64_t mask, uint64_t first)
{
	if (function != 0)
		return result(SBI_NOT_SUPPORTED);
	if (!harts_exist(mask, first))
		return result(SBI_INVALID_PARAM);
	if (mask || first == SBI_ALL_HARTS)
		guest_set_line(L4_VCPU_LINE_SOFTWARE, true);
	return success(0);
}

/* With one hart a remote fence can only name the caller's own, on which this VMM runs too. */
static struct sbi_result remote_fence(uint64_t function, uint64_t mask, uint64_t first)
{
	enum { FENCE_I, SFENCE_VMA, SFENCE_VMA_ASID };
	if (function > SFENCE_VMA_ASID)
		return result(SBI_NOT_SUPPORTED); /* the fences of guests' translations: this hart has no H extension for its guest */
	if (!harts_exist(mask, first))
		return result(SBI_INVALID_PARAM);
	if (function == FENCE_I)
		guest_fence_instructions();
	else
		guest_fence_translations();
	return success(0);
}

static struct sbi_result suspend(uint32_t type)
{
	enum { RETENTIVE = 0, NON_RETENTIVE = 0x80000000 };
	switch (type) {
	case RETENTIVE: return success(0); /* a hart may wake at any time; a guest that wants to sleep uses WFI */
	case NON_RETENTIVE: return result(SBI_NOT_SUPPORTED);
	default: return result(SBI_INVALID_PARAM);
	}
}

static struct sbi_result hart_state(uint64_t function, uint64_t hart)
{
	enum { START, STOP, STATUS, SUSPEND };
	enum { STARTED = 0 };
	switch (function) {
	case START: return result(hart == 0 ? SBI_ALREADY_AVAILABLE : SBI_INVALID_PARAM);
	case STOP: return result(SBI_FAILED); /* nobody could start the only hart again */
	case STATUS: return hart == 0 ? success(STARTED) : result(SBI_INVALID_PARAM);
	case SUSPEND: return suspend(hart);
	default: return result(SBI_NOT_SUPPORTED);
	}
}

static struct sbi_result reset(uint64_t function, uint32_t type, uint32_t reason)
{
	enum { SHUTDOWN, COLD_REBOOT, WARM_REBOOT };
	enum { NO_REASON, SYSTEM_FAILURE };
	if (function != 0)
		return result(SBI_NOT_SUPPORTED);
	if (type > WARM_REBOOT || reason > SYSTEM_FAILURE)
		return result(SBI_INVALID_PARAM);
	if (reason == SYSTEM_FAILURE)
		guest_failed("guest reported a system failure", type);
	if (type == WARM_REBOOT && warm_reset_is_panic)
		guest_failed("guest kernel panic", type);
	if (type == SHUTDOWN)
		guest_off(reason);
	guest_reboot(reason);
}

static struct sbi_result console_write(const uint64_t *a)
{
	const uint8_t *text = guest_memory(a[1], a[0]);
	if (a[2] || !text)
		return result(SBI_INVALID_PARAM);
	return success(terminal_write(text, a[0]));
}

static struct sbi_result console_read(const uint64_t *a)
{
	uint8_t *text = guest_memory(a[1], a[0]);
	if (a[2] || !text)
		return result(SBI_INVALID_PARAM);
	uint64_t count = 0;
	for (int byte; count < a[0] && (byte = terminal_get()) >= 0; count++)
		text[count] = byte;
	return success(count);
}

static struct sbi_result console(uint64_t function, const uint64_t *a)
{
	enum { WRITE, READ, WRITE_BYTE };
	switch (function) {
	case WRITE: return console_write(a);
	case READ: return console_read(a);
	case WRITE_BYTE: return result(terminal_put(a[0]) ? SBI_SUCCESS : SBI_FAILED);
	default: return result(SBI_NOT_SUPPORTED);
	}
}

/* Calls of version 0.1: only a0 is a result. */
static int64_t legacy(uint64_t extension, uint64_t argument)
{
	switch (extension) {
	case SBI_LEGACY_SET_TIMER: guest_set_timer(argument); return SBI_SUCCESS;
	case SBI_LEGACY_PUTCHAR: return terminal_put(argument) ? SBI_SUCCESS : SBI_FAILED;
	case SBI_LEGACY_GETCHAR: return terminal_get();
	case SBI_LEGACY_SHUTDOWN: guest_off(0);
	default: return SBI_NOT_SUPPORTED;
	}
}

static void give(uint64_t *a, struct sbi_result result)
{
	a[0] = result.error;
	a[1] = result.value;
}

void sbi_refuse(uint64_t a[SBI_REGISTERS])
{
	give(a, result(SBI_NOT_SUPPORTED));
}

static JUMP void answer_time(uint64_t *a)
{
	give(a, set_timer(a[6], a[0]));
}

static JUMP void answer_ipi(uint64_t *a)
{
	give(a, send_ipi(a[6], a[0], a[1]));
}

static JUMP void answer_rfence(uint64_t *a)
{
	give(a, remote_fence(a[6], a[0], a[1]));
}

static JUMP void answer_hsm(uint64_t *a)
{
	give(a, hart_state(a[6], a[0]));
}

static JUMP void answer_srst(uint64_t *a)
{
	give(a, reset(a[6], a[0], a[1]));
}

static JUMP void answer_dbcn(uint64_t *a)
{
	give(a, console(a[6], a));
}

static JUMP void answer_legacy(uint64_t *a)
{
	a[0] = legacy(a[7], a[0]);
}

void sbi_call(uint64_t a[SBI_REGISTERS])
{
	switch (a[7]) {
	case SBI_BASE: give(a, base(a[6], a[0])); break;
	case SBI_TIME: answer_time(a); break;
	case SBI_IPI: answer_ipi(a); break;
	case SBI_RFENCE: answer_rfence(a); break;
	case SBI_HSM: answer_hsm(a); break;
	case SBI_SRST: answer_srst(a); break;
	case SBI_DBCN: answer_dbcn(a); break;
	default:
		if (a[7] < SBI_BASE)
			answer_legacy(a);
		else
			sbi_refuse(a);
	}
}
