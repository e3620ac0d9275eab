/* SPDX-License-Identifier: BSD-2-Clause */
#include <kernel/arch.h>
#include <kernel/entry.h>

#include "guest.h"
#include "instruction.h"
#include <arch/csr.h>

/*
 * Whether the guest's own instruction made the access. Otherwise its page tables lie in memory that is not there: the hardware
 * says so in htinst (a pseudo instruction, bit 0 clear), or where it leaves htinst 0 the two addresses lie differently in their pages.
 */
static bool is_explicit(const struct guest_trap *trap)
{
	if (trap->instruction != 0)
		return trap->instruction & 1;
	return ((trap->gpa ^ trap->value) & (PAGE_SIZE - 1)) == 0;
}

static word_t low_bytes(word_t value, unsigned width)
{
	return width == sizeof(value) ? value : value & ((1UL << 8 * width) - 1);
}

static word_t register_value(const struct thread *thread, unsigned reg)
{
	return reg == 0 ? 0 : thread->context.registers[reg];
}

static void set_register(struct thread *thread, unsigned reg, word_t value)
{
	if (reg != 0)
		thread->context.registers[reg] = value;
}

NORETURN void guest_mmio(struct thread *thread, struct vcpu *vcpu, const struct guest_trap *trap)
{
	bool is_store = trap->cause == CAUSE_STORE_GUEST_PAGE_FAULT;
	uint32_t instruction = guest_fetch(arch_context_pc(thread));
	struct memory_access access = is_explicit(trap) ? instruction_access(instruction) : (struct memory_access){0};
	/* Another processor of the guest may have changed the instruction since. */
	if (access.is_store != is_store)
		access.width = 0;
	struct vspace *space = vcpu_space(vcpu);
	if (is_store && access.width && space && doorbell_ring(space, trap->gpa)) {
		thread->context.registers[REG_PC] += instruction_size(instruction);
		kernel_leave();
	}
	vcpu->arch.instruction_size = (uint8_t)instruction_size(instruction);
	vcpu->arch.load = (struct guest_load){access.reg, is_store ? 0 : access.width, access.is_signed};
	struct fault fault = {
		.label = L4_FAULT_GUEST_MMIO,
		.length = L4_GUEST_MMIO_LENGTH,
		.words = {
			[L4_GUEST_MMIO_ADDRESS] = trap->gpa,
			[L4_GUEST_MMIO_PC] = arch_context_pc(thread),
			[L4_GUEST_MMIO_ACCESS] = is_store ? L4_WRITE : L4_READ,
			[L4_GUEST_MMIO_INSTRUCTION] = instruction,
			[L4_GUEST_MMIO_VALUE] = is_store && access.width ? low_bytes(register_value(thread, access.reg), access.width) : 0,
			[L4_GUEST_MMIO_WIDTH] = access.width,
			[L4_GUEST_MMIO_VADDR] = trap->value,
		},
	};
	kernel_fault(&fault);
}

void guest_mmio_done(struct thread *thread, struct vcpu *vcpu, word_t value)
{
	const struct guest_load *load = &vcpu->arch.load;
	if (load->width) {
		unsigned unused = 64 - 8 * load->width;
		word_t raised = value << unused;
		set_register(thread, load->reg, load->is_signed ? (word_t)((int64_t)raised >> unused) : raised >> unused);
	}
	thread->context.registers[REG_PC] += vcpu->arch.instruction_size;
}
