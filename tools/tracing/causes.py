# SPDX-License-Identifier: BSD-2-Clause
"""Why guests stop: names for the processor's own numbers."""

# Extensions of the SBI, by a7 of the call.
SBI = {0x10: "BASE", 0x54494d45: "TIME", 0x735049: "IPI", 0x52464e43: "RFENCE", 0x48534d: "HSM", 0x53525354: "SRST", 0x504d55: "PMU", 0x4442434e: "DBCN",
       0x0a424c4b: "Bulkhead", 0: "legacy SET_TIMER", 1: "legacy PUTCHAR", 2: "legacy GETCHAR", 8: "legacy SHUTDOWN"}
RISCV_INTERRUPT = 1 << 63
RISCV_INTERRUPTS = {1: "software", 5: "timer", 9: "device"}
RISCV_ECALL = 10
RISCV = {2: "illegal instruction", 3: "breakpoint", 20: "fetch from no memory", 21: "load from no memory", 22: "WFI or another virtual instruction", 23: "store to no memory"}

# Exit codes of SVM.
SVM_IOIO, SVM_MSR, SVM_VMMCALL = 0x7b, 0x7c, 0x81
SVM = {0x60: "interrupt", 0x61: "NMI", 0x62: "SMI", 0x63: "INIT", 0x65: "write of CR0", 0x18: "write of CR8", 0x6e: "RDTSC", 0x6f: "RDPMC", 0x72: "CPUID", 0x74: "IRET",
       0x76: "INVD", 0x78: "HLT", 0x7a: "INVLPGA", 0x7d: "task switch", 0x7f: "shutdown", 0x80: "VMRUN", 0x89: "WBINVD", 0x8a: "MONITOR", 0x8b: "MWAIT",
       0x8d: "XSETBV", 0x400: "access to no memory", 0xffffffff: "state refused"}
SVM_DEBUG_REGISTERS, SVM_EXCEPTIONS = range(0x20, 0x40), range(0x40, 0x60)


def riscv(cause, detail):
    if cause & RISCV_INTERRUPT:
        number = cause & ~RISCV_INTERRUPT
        return f"interrupt: {RISCV_INTERRUPTS.get(number, number)}"
    if cause == RISCV_ECALL:
        return f"hypercall {SBI.get(detail, hex(detail))}"
    return RISCV.get(cause, f"exception {cause}")


def x86_64(cause, detail):
    if cause == SVM_IOIO:
        return f"{'IN' if detail & 1 else 'OUT'} port {detail >> 16 & 0xffff:#x}"
    if cause == SVM_MSR:
        return "WRMSR" if detail & 1 else "RDMSR"
    if cause == SVM_VMMCALL:
        return f"hypercall slot {detail}"
    if cause in SVM_DEBUG_REGISTERS:
        return "debug register"
    if cause in SVM_EXCEPTIONS:
        return f"exception {cause - SVM_EXCEPTIONS.start}"
    return SVM.get(cause, f"exit {cause:#x}")


BY_ARCH = {"riscv": riscv, "x86_64": x86_64}
