/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses and ports of the guest's machine, for the devices that answer there and the tables that tell of them. */
#pragma once

#define LAYOUT_APIC 0xfee00000UL
#define LAYOUT_APIC_SIZE 0x1000UL
/* Where devices' registers on the PCI bus may lie. */
#define LAYOUT_PCI_MEMORY 0xc0000000UL
#define LAYOUT_PCI_MEMORY_SIZE 0x10000000UL
/*
 * Guest memory with a page for the MSI-X table of each device, in the hole that the guest is not told of below 1 MiB, and where the guest sees them as those
 * devices' registers: all memory from 0 on is there again.
 */
#define LAYOUT_MSIX_MEMORY 0xa0000UL
#define LAYOUT_MSIX (LAYOUT_PCI_MEMORY + LAYOUT_MSIX_MEMORY)
#define LAYOUT_PCI_PORTS 0xc000
#define LAYOUT_PCI_PORTS_SIZE 0x1000

#define LAYOUT_PORT_KEYBOARD 0x64
#define LAYOUT_PORT_UART 0x3f8
#define LAYOUT_PORT_SLEEP_CONTROL 0x600
#define LAYOUT_PORT_SLEEP_STATUS 0x601
#define LAYOUT_PORT_PCI_ADDRESS 0xcf8
#define LAYOUT_PORT_RESET 0xcf9
#define LAYOUT_PORT_PCI_DATA 0xcfc
