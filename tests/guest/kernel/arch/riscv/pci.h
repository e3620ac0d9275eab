/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the guest's PCI bus is, and where the tests put the console's registers. */
#pragma once

#include "virtio.h"

#define PCI_ECAM 0x30000000UL
#define PCI_DEVICE (1UL << 15)
#define PCI_FUNCTION (1UL << 12)
#define VIRTIO_REGISTERS 0x40000000UL
#define VIRTIO_REGISTERS_SIZE 0x4000
