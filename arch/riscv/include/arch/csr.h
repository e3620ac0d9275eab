/* SPDX-License-Identifier: BSD-2-Clause */
/* Control and status registers, in the spelling of the privileged specification. Also for assembly. */
#pragma once

#ifdef __ASSEMBLER__
#define BITS_UL(value) value
#else
#define BITS_UL(value) value##UL
#endif

#define SSTATUS_SIE (BITS_UL(1) << 1)
#define SSTATUS_SPIE (BITS_UL(1) << 5)
#define SSTATUS_SPP (BITS_UL(1) << 8)
#define SSTATUS_FS_SHIFT 13
#define SSTATUS_FS (BITS_UL(3) << SSTATUS_FS_SHIFT)
#define SSTATUS_FS_DIRTY (BITS_UL(3) << SSTATUS_FS_SHIFT)
#define SSTATUS_SUM (BITS_UL(1) << 18)
#define SSTATUS_MXR (BITS_UL(1) << 19)
#define SSTATUS_UXL_64 (BITS_UL(2) << 32)

#define SATP_MODE_SHIFT 60
#define SATP_SV39 8
#define SATP_SV48 9
#define SATP_SV57 10 /* guests' only */
#define SATP_ASID_SHIFT 44
#define SATP_ASID_BITS 16
#define SATP_PPN_MASK BITS_UL(0xfffffffffff)

#define HGATP_SV39X4 8
#define HGATP_VMID_SHIFT 44
#define HGATP_VMID_BITS 14

#define CAUSE_INTERRUPT (BITS_UL(1) << 63)
#define CAUSE_FETCH_MISALIGNED 0
#define CAUSE_FETCH_ACCESS 1
#define CAUSE_ILLEGAL_INSTRUCTION 2
#define CAUSE_BREAKPOINT 3
#define CAUSE_LOAD_MISALIGNED 4
#define CAUSE_LOAD_ACCESS 5
#define CAUSE_STORE_MISALIGNED 6
#define CAUSE_STORE_ACCESS 7
#define CAUSE_USER_ECALL 8
#define CAUSE_VS_ECALL 10
#define CAUSE_FETCH_PAGE_FAULT 12
#define CAUSE_LOAD_PAGE_FAULT 13
#define CAUSE_STORE_PAGE_FAULT 15
#define CAUSE_FETCH_GUEST_PAGE_FAULT 20
#define CAUSE_LOAD_GUEST_PAGE_FAULT 21
#define CAUSE_VIRTUAL_INSTRUCTION 22
#define CAUSE_STORE_GUEST_PAGE_FAULT 23

#define IRQ_VS_SOFT 2
#define IRQ_S_TIMER 5
#define IRQ_VS_TIMER 6
#define IRQ_S_EXTERNAL 9
#define IRQ_VS_EXTERNAL 10

#define HSTATUS_SPV (BITS_UL(1) << 7)
#define HSTATUS_SPVP (BITS_UL(1) << 8)
#define HSTATUS_VTW (BITS_UL(1) << 21)
#define HSTATUS_VSXL_64 (BITS_UL(2) << 32)

#define HENVCFG_CBIE_FLUSH (BITS_UL(1) << 4)
#define HENVCFG_CBCFE (BITS_UL(1) << 6)
#define HENVCFG_CBZE (BITS_UL(1) << 7)
#define HENVCFG_STCE (BITS_UL(1) << 63)

#define HSTATEEN0_ENVCFG (BITS_UL(1) << 62)

/* Cycle, time, instret. */
#define COUNTERS_ALL 7

/* Those whose names the assembler may not know. */
#define CSR_SENVCFG 0x10a
#define CSR_STIMECMP 0x14d
#define CSR_VSTIMECMP 0x24d
#define CSR_VSSTATUS 0x200
#define CSR_VSIE 0x204
#define CSR_VSTVEC 0x205
#define CSR_VSSCRATCH 0x240
#define CSR_VSEPC 0x241
#define CSR_VSCAUSE 0x242
#define CSR_VSTVAL 0x243
#define CSR_VSIP 0x244
#define CSR_VSATP 0x280
#define CSR_HSTATUS 0x600
#define CSR_HEDELEG 0x602
#define CSR_HIDELEG 0x603
#define CSR_HIE 0x604
#define CSR_HTIMEDELTA 0x605
#define CSR_HCOUNTEREN 0x606
#define CSR_HENVCFG 0x60a
#define CSR_HSTATEEN0 0x60c
#define CSR_HTVAL 0x643
#define CSR_HVIP 0x645
#define CSR_HTINST 0x64a
#define CSR_HGATP 0x680
