/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A PCI bus of a few devices with one function each (PCI Local Bus Specification 3.0, chapters 6 and 6.8.2 for MSI-X). How the guest reaches configuration
 * space (ECAM, ports) and what its interrupts end in is the platform's.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define PCI_DEVICES 8
#define PCI_BARS 6
#define PCI_CONFIG_SIZE 256
#define PCI_NOWHERE UINT64_MAX

/* Offsets in configuration space, and bits there. */
enum pci_register {
	PCI_COMMAND = 0x04,
	PCI_STATUS = 0x06,
	PCI_BAR = 0x10,
};
enum pci_command { PCI_COMMAND_IO = 1, PCI_COMMAND_MEMORY = 2, PCI_COMMAND_MASTER = 4, PCI_COMMAND_INTX_OFF = 0x400 };

/*
 * The memory of an MSI-X table and its pending bits. It is plain memory, which the platform may map into the guest at the BAR's address: the guest
 * writes it at any time, and nobody is told.
 */
#define PCI_MSIX_SIZE 4096
#define PCI_MSIX_PENDING 2048 /* offset of the pending bits */
#define PCI_MSIX_VECTORS_MAX 32

struct pci_function;
struct pci_bus;

/* The registers behind a function's BARs. `offset` to `offset + width - 1` is in the BAR. */
struct pci_registers {
	uint32_t (*read)(struct pci_function *function, unsigned int bar, uint32_t offset, unsigned int width);
	void (*write)(struct pci_function *function, unsigned int bar, uint32_t offset, unsigned int width, uint32_t value);
	/* Accesses to configuration space that mean more than memory; false: this one does not. Both may be null. */
	bool (*config_read)(struct pci_function *function, unsigned int offset, unsigned int width, uint32_t *value);
	bool (*config_write)(struct pci_function *function, unsigned int offset, unsigned int width, uint32_t value);
};

struct pci_function {
	const struct pci_registers *registers; /* may be null where there are no BARs */
	struct pci_bus *bus;
	unsigned int device;
	uint8_t config[PCI_CONFIG_SIZE];
	uint8_t writable[PCI_CONFIG_SIZE];     /* mask of the bits that the guest may change */
	uint8_t last_capability;               /* offset of the pointer to the next */
	uint8_t capabilities_end;
	uint32_t bar_size[PCI_BARS];           /* 0: no such BAR */
	uint64_t bar_address[PCI_BARS];        /* as last told to the platform */
	bool interrupt;                        /* what the function wants of its INTx */
	bool line;                             /* what the platform has been told */
	volatile uint32_t *msix_memory;        /* PCI_MSIX_SIZE bytes; null: no MSI-X */
	uint8_t msix;                          /* offset of the capability */
	unsigned int msix_vectors;
	uint32_t msix_pending;                 /* vectors raised while they were masked */
};

/* What the machine around the bus does. */
struct pci_platform {
	/* Null where no device has an interrupt pin. */
	void (*set_line)(void *context, unsigned int device, bool level);
	/* An MSI-X message. Address and data are the guest's choice. Null where there is no MSI-X. */
	void (*send)(void *context, uint64_t address, uint32_t data);
	/* A BAR has been put to `address`, which may be anywhere, or taken away (PCI_NOWHERE). May be null: pci_bus_read() and pci_bus_write() find it by themselves. */
	void (*place)(void *context, const struct pci_function *function, unsigned int bar, uint64_t address);
};

struct pci_bus {
	const struct pci_platform *platform;
	void *context;
	struct pci_function *function[PCI_DEVICES];
	unsigned int pending; /* mask of the devices with pending vectors */
};

struct pci_identity {
	uint16_t vendor, device;
	uint16_t subsystem_vendor, subsystem;
	uint32_t class_code; /* class, subclass and interface */
	uint8_t revision;
};

/* --- Building a bus --- */
void pci_bus_init(struct pci_bus *bus, const struct pci_platform *platform, void *context);
void pci_function_init(struct pci_function *function, const struct pci_identity *identity, const struct pci_registers *registers);
/* `size`: a power of two, at least 16, at most 256 for ports. `address`: where firmware would have put it, 0 for nowhere. */
void pci_bar_add(struct pci_function *function, unsigned int bar, bool ports, uint32_t size, uint32_t address);
/* Appends a capability of `size` bytes at least 2, of which the caller fills all but the first two. Gives its offset. */
unsigned int pci_capability_add(struct pci_function *function, uint8_t id, unsigned int size);
/* `memory`: PCI_MSIX_SIZE cleared bytes, which are that memory BAR's. */
void pci_msix_add(struct pci_function *function, unsigned int bar, unsigned int vectors, volatile uint32_t *memory);
/* With an interrupt pin if `line`. */
void pci_bus_add(struct pci_bus *bus, unsigned int device, struct pci_function *function, bool line);
/* A host bridge without registers: some systems look for one before they believe in a bus. */
void pci_host_bridge_init(struct pci_function *function);

/* --- What the guest does --- */
/* `bdf`: bus, device and function as in a configuration address; `width`: 1, 2 or 4. What is not there reads all ones. */
uint32_t pci_config_read(struct pci_bus *bus, unsigned int bdf, unsigned int offset, unsigned int width);
void pci_config_write(struct pci_bus *bus, unsigned int bdf, unsigned int offset, unsigned int width, uint32_t value);
/* An access to a port, or to memory. False: no enabled BAR is there. */
bool pci_bus_read(struct pci_bus *bus, bool ports, uint64_t address, unsigned int width, uint32_t *value);
bool pci_bus_write(struct pci_bus *bus, bool ports, uint64_t address, unsigned int width, uint32_t value);

/* --- What devices do --- */
/* The level of the function's INTx. */
void pci_set_interrupt(struct pci_function *function, bool level);
/* Does the guest use MSI-X? INTx is silent then. */
bool pci_msix_enabled(const struct pci_function *function);
/* Sends the vector's message: now, or when the guest unmasks it. Vectors that do not exist are ignored. */
void pci_msix_raise(struct pci_function *function, unsigned int vector);

/* Sends what has become unmasked. To be called at the guest's exits: its writes to the table are not seen. */
void pci_bus_poll_masked(struct pci_bus *bus);
static inline void pci_bus_poll(struct pci_bus *bus)
{
	if (__builtin_expect(bus->pending, 0))
		pci_bus_poll_masked(bus);
}
