/* SPDX-License-Identifier: BSD-2-Clause */
#include <arch/fast.h>
#include <kernel/arch.h>
#include <kernel/device.h>
#include <kernel/entry.h>
#include <kernel/sched.h>

#include <host_test.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

struct cpu machine_cpu;
struct machine machine = {.deadline = TICKS_NEVER};

static jmp_buf kernel_left;
static char console[512];
static size_t console_length;

void machine_fail(const char *what, word_t value)
{
	host_test_fail(__FILE__, __LINE__, "%s (%#lx)", what, (unsigned long)value);
}

enum { LEFT_RESUMED = 1, LEFT_IDLE = 2, LEFT_HALTED = 3 };

bool machine_run(void (*body)(void))
{
	int how = setjmp(kernel_left);
	if (how == 0) {
		body();
		machine_fail("the kernel returned", 0);
	}
	memory_settle();
	return how == LEFT_RESUMED;
}

/* --- Time and interrupts --- */

ticks_t arch_now(void)
{
	return machine.now += machine.pace;
}

void arch_timer_set(ticks_t deadline)
{
	machine.deadline = deadline;
}

bool arch_interrupt_pending(void)
{
	memory_settle();
	machine.polls++;
	if (machine.preempt_after && --machine.preempt_after == 0)
		machine.interrupt = true;
	return machine.interrupt;
}

void arch_irq_unmask(unsigned line)
{
	machine.line_enabled[line] = true;
}

void arch_irq_mask(unsigned line)
{
	machine.line_enabled[line] = false;
}

void arch_irq_hold(unsigned line)
{
	machine.line_enabled[line] = false;
}

void arch_irq_complete(unsigned line)
{
	if (!machine.line_claimed[line])
		machine_fail("a line is completed that was not claimed", line);
	machine.line_claimed[line] = false;
}

bool arch_irq_message(unsigned line, word_t *address, word_t *data)
{
	*address = MACHINE_DEVICE;
	*data = line;
	return line >= MACHINE_FIRST_MESSAGE_LINE;
}

/* --- I/O ports --- */

static void check_ports(unsigned port, unsigned width)
{
	if ((width != 1 && width != 2 && width != 4) || port + width > MACHINE_IO_PORTS)
		machine_fail("ports that the machine does not have", port);
}

word_t arch_port_read(unsigned port, unsigned width)
{
	word_t value = 0;
	check_ports(port, width);
	__builtin_memcpy(&value, &machine.ports[port], width);
	return value;
}

void arch_port_write(unsigned port, unsigned width, word_t value)
{
	check_ports(port, width);
	__builtin_memcpy(&machine.ports[port], &value, width);
}

/* --- User registers --- */

void arch_context_init(struct thread *thread)
{
	thread->context = (struct arch_context){0};
	thread->arch = (struct arch_thread){.message = &thread->context.registers[REG_MESSAGE]};
}

void arch_context_start(struct thread *thread, word_t pc, word_t sp, word_t argument, word_t thread_pointer)
{
	thread->context = (struct arch_context){.registers = {[REG_PC] = pc, [REG_SP] = sp, [REG_A2] = argument, [REG_TP] = thread_pointer}};
	thread->context_is_full = true;
}

void arch_restart_syscall(struct thread *thread)
{
	thread->context.registers[REG_PC] -= MACHINE_SYSCALL_SIZE;
	thread->context.restart = true;
	thread->context_is_full = true;
}

word_t arch_register_get(const struct thread *thread, unsigned index)
{
	return thread->context.registers[index];
}

void arch_register_set(struct thread *thread, unsigned index, word_t value)
{
	thread->context.registers[index] = value;
	thread->context.restart = false;
	thread->context_is_full = true;
}

/* --- Processor --- */

static void check_resumed(struct thread *thread)
{
	struct vcpu *vcpu = thread_vcpu(thread);
	if (vcpu ? !vcpu_space(vcpu) || !vcpu->arch.alive : !thread_vspace(thread) || !thread_vspace(thread)->arch.id)
		machine_fail("a thread is resumed without a space", (word_t)thread);
	if (thread != cpu_self()->current)
		machine_fail("another thread than the current one is resumed", (word_t)thread);
	if (machine.fpu_thread != thread && thread->arch.fpu_enabled)
		machine_fail("a thread may touch the floating-point register of another", (word_t)thread);
}

void arch_resume(struct thread *thread)
{
	check_resumed(thread);
	if (!thread->context_is_full) {
		thread->context.restart = false;
		thread->context.registers[REG_NUMBER] = 0;
	}
	thread->context_is_full = false;
	longjmp(kernel_left, LEFT_RESUMED);
}

void machine_fast_resume(struct thread *thread, word_t badge, word_t tag)
{
	check_resumed(thread);
	if (thread->context_is_full || machine.space != thread_vspace(thread))
		machine_fail("the fast path resumes a full context, or in another's space", (word_t)thread);
	for (unsigned i = 0; i < L4_MESSAGE_REGISTERS; i++)
		thread->context.registers[REG_MESSAGE + i] = i < l4_tag_length(tag) ? machine_cpu.arch.user_message[i] : 0;
	arch_set_result(thread, L4_OK, tag, badge);
	thread->context.registers[REG_NUMBER] = 0;
	thread->context.restart = false;
	longjmp(kernel_left, LEFT_RESUMED);
}

void arch_idle(void)
{
	longjmp(kernel_left, LEFT_IDLE);
}

void arch_wait_until(ticks_t time)
{
	if (machine.now < time)
		machine.now = time;
}

void arch_halt(word_t status)
{
	console[console_length] = '\0';
	machine.panicked = true;
	if (machine.panic_expected)
		longjmp(kernel_left, LEFT_HALTED);
	host_test_fail(__FILE__, __LINE__, "halted with %lu: %s", (unsigned long)status, console);
}

void arch_putchar(char c)
{
	if (console_length < sizeof(console) - 1)
		console[console_length++] = c == '\n' ? ' ' : c;
}

/* --- FPU --- */

void arch_fpu_save(struct thread *thread)
{
	if (machine.fpu_thread != thread)
		machine_fail("another's floating-point register is saved", (word_t)thread);
	thread->arch.fpu = machine.fpu;
}

void arch_fpu_load(struct thread *thread)
{
	machine.fpu = thread->arch.fpu;
	machine.fpu_thread = thread;
}

void arch_fpu_enable(struct thread *thread, bool enable)
{
	thread->arch.fpu_enabled = enable;
}

/* --- Memory --- */

void arch_map_object_memory(paddr_t base, size_t size)
{
	memory_begin(base, size);
}

void arch_window_clear(paddr_t page)
{
	memory_window_clear(page);
}

void arch_window_write(paddr_t page, size_t offset, const void *from, size_t size)
{
	(void)from;
	if (offset > PAGE_SIZE || size > PAGE_SIZE - offset)
		machine_fail("a write through the window beyond its page", offset);
	memory_window_write(page);
}

void arch_sync_instructions(void)
{
	machine.syncs++;
}

/* --- Page tables --- */

/* What the kernel's part of a root looks like: two pages' worth of marks that no walk may come across. */
#define KERNEL_PART 0xbad0UL

vaddr_t arch_space_end(enum vspace_stage stage)
{
	return stage == STAGE_PROCESS ? MACHINE_SPACE_END : MACHINE_GUEST_END;
}

static void check_kernel_part(const struct vspace *space)
{
	for (unsigned i = 256; space->stage == STAGE_PROCESS && i < 512; i++) {
		if (space->root[i] != KERNEL_PART)
			machine_fail("the kernel's part of a root was changed", i);
	}
}

void arch_space_init(struct vspace *space)
{
	static word_t last_id;
	space->arch.id = ++last_id;
	for (unsigned i = 256; space->stage == STAGE_PROCESS && i < 512; i++)
		space->root[i] = KERNEL_PART;
}

void arch_space_destroy(struct vspace *space)
{
	check_kernel_part(space);
	tlb_flush_space(space);
	space->arch.id = 0;
}

void arch_space_flush(struct vspace *space, vaddr_t vaddr, unsigned size_bits)
{
	tlb_flush(space, vaddr, size_bits);
}

void arch_space_flush_all(struct vspace *space)
{
	tlb_flush_space(space);
}

/* --- Guests --- */

void arch_vcpu_init(struct vcpu *vcpu)
{
	vcpu->arch.deadline = TICKS_NEVER;
	vcpu->arch.alive = true;
}

void arch_vcpu_destroy(struct vcpu *vcpu)
{
	if (!vcpu->arch.alive || vcpu->thread)
		machine_fail("a vcpu dies twice, or while a thread has it", (word_t)vcpu->thread);
	vcpu->arch.alive = false;
}

void arch_leave_window(void)
{
}

void arch_vcpu_attach(struct thread *thread, struct vcpu *vcpu)
{
	(void)vcpu;
	thread->arch.message = thread->arch.vcpu_message;
	thread->context_is_full = true;
}

void arch_vcpu_detach(struct thread *thread, struct vcpu *vcpu)
{
	(void)vcpu;
	thread->arch.message = &thread->context.registers[REG_MESSAGE];
	thread->context_is_full = true;
}

bool arch_vcpu_read(struct vcpu *vcpu, word_t reg, word_t *value)
{
	if (reg >= MACHINE_VCPU_REGISTERS)
		return false;
	*value = vcpu->arch.registers[reg];
	return true;
}

bool arch_vcpu_write(struct vcpu *vcpu, word_t reg, word_t value)
{
	if (reg >= MACHINE_VCPU_REGISTERS)
		return false;
	vcpu->arch.registers[reg] = value;
	return true;
}

bool arch_vcpu_line_is_valid(word_t line)
{
	return line < MACHINE_VCPU_LINES;
}

void arch_vcpu_set_line(struct vcpu *vcpu, unsigned line, bool level)
{
	vcpu->arch.lines = (vcpu->arch.lines & ~(1UL << line)) | (word_t)level << line;
}

void arch_vcpu_set_timer(struct vcpu *vcpu, ticks_t deadline)
{
	vcpu->arch.deadline = deadline;
}

bool arch_vcpu_interrupt_pending(struct vcpu *vcpu)
{
	return vcpu->arch.lines != 0;
}

ticks_t arch_vcpu_deadline(struct vcpu *vcpu)
{
	return vcpu->arch.deadline;
}

void arch_vcpu_timer_due(struct vcpu *vcpu)
{
	vcpu->arch.deadline = TICKS_NEVER;
	vcpu->arch.lines |= 1;
}

void arch_vcpu_hypercall_done(struct thread *thread, status_t status, const word_t *words)
{
	(void)words;
	thread->context.registers[REG_A0] = (word_t)status;
	thread->context.registers[REG_PC] += MACHINE_SYSCALL_SIZE;
}

void arch_vcpu_exit_done(struct thread *thread, enum l4_fault fault, word_t label, const word_t *words)
{
	(void)fault, (void)words;
	if (label)
		thread->context.registers[REG_PC] += MACHINE_SYSCALL_SIZE;
}
