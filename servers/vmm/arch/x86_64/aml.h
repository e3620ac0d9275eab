/* SPDX-License-Identifier: BSD-2-Clause */
/* A writer of AML, the byte code of ACPI's tables (ACPI 6.5, chapter 20), as far as a machine without methods needs it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define AML_DEPTH 6

struct aml {
	uint8_t *bytes;
	size_t capacity;
	size_t length;
	bool overflow; /* something did not fit; the rest is not written */
	unsigned int depth;
	size_t open[AML_DEPTH]; /* where the contents of objects that are not closed yet begin */
};

void aml_start(struct aml *aml, void *buffer, size_t capacity);

/* Names are four characters. */
void aml_name(struct aml *aml, const char *name);
void aml_integer(struct aml *aml, uint32_t value);
void aml_eisa_id(struct aml *aml, const char *id); /* "PNP0A03" */

/* Between begin and end are the object's contents. */
void aml_begin_scope(struct aml *aml, const char *name);
void aml_begin_device(struct aml *aml, const char *name);
void aml_begin_package(struct aml *aml, unsigned int elements);
void aml_begin_resources(struct aml *aml);
void aml_end(struct aml *aml);
void aml_end_resources(struct aml *aml);

/* Resources. A window is what a bridge passes on. */
void aml_ports(struct aml *aml, uint16_t first, uint8_t count);
void aml_bus_window(struct aml *aml, uint16_t first, uint16_t count);
void aml_port_window(struct aml *aml, uint16_t first, uint16_t count);
void aml_memory_window(struct aml *aml, uint32_t start, uint32_t size);
