/* SPDX-License-Identifier: BSD-2-Clause */
/* What the VMM says of a kernel file, for a guest whose memory for it is `base` to `end`: "end ADDRESS", or why it cannot be started. Arguments: file, base, end. */
#include <stdio.h>
#include <stdlib.h>

#include <image.h>

static uint8_t *read_file(const char *name, size_t *size)
{
	FILE *file = fopen(name, "rb");
	if (!file || fseek(file, 0, SEEK_END))
		exit(2);
	*size = (size_t)ftell(file);
	uint8_t *data = malloc(*size + 1);
	rewind(file);
	if (fread(data, 1, *size, file) != *size)
		exit(2);
	fclose(file);
	return data;
}

int main(int count, char **arguments)
{
	struct image image;
	size_t size;
	if (count != 4)
		return 2;
	uint64_t base = strtoull(arguments[2], NULL, 0), end = strtoull(arguments[3], NULL, 0);
	const struct image_memory memory = {base, end - base};
	uint8_t *data = read_file(arguments[1], &size);
	const char *why = image_parse(&image, &memory, data, size);
	if (why)
		puts(why);
	else
		printf("end %#llx\n", (unsigned long long)image.end);
	free(data);
	return 0;
}
