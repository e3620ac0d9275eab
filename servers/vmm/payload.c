/* SPDX-License-Identifier: BSD-2-Clause */
#include "payload.h"

#include <string.h>

#include "copy.h"
#include "guest.h"

void payload_copy(uint64_t gpa, const void *data, uint64_t size)
{
	void *to = guest_memory(gpa, size);
	if (!to)
		guest_failed("payload outside the guest's memory", gpa);
	copy_much(to, data, size);
}

void payload_place(const struct image *image)
{
	for (unsigned int i = 0; i < image->count; i++)
		payload_copy(image->piece[i].gpa, image->piece[i].data, image->piece[i].size);
}

bool payload_has_parameter(const struct config_file *line, const char *parameter)
{
	const char *text = (const char *)line->data;
	size_t length = strlen(parameter);
	for (size_t i = 0; i + length <= line->size; i++) {
		bool starts = i == 0 || text[i - 1] == ' ';
		bool ends = i + length == line->size || text[i + length] == ' ' || text[i + length] == 0;
		if (starts && ends && !memcmp(text + i, parameter, length))
			return true;
	}
	return false;
}
