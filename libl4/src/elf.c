/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/elf.h>

#include <string.h>

#include <l4/abi/types.h>

#define IDENT "\177ELF"
#define IDENT_SIZE 4
#define CLASS_64 2
#define DATA_LITTLE_ENDIAN 1
#define TYPE_EXECUTABLE 2
#define TYPE_DYNAMIC 3
#define SEGMENT_LOAD 1
#define SEGMENT_NOTE 4
#define FLAG_EXECUTE 1
#define FLAG_WRITE 2
#define FLAG_READ 4

/* The file's own layout. Copied out of the image, which may lie at any address. */
struct elf_header {
	uint8_t ident[IDENT_SIZE];
	uint8_t class;
	uint8_t data;
	uint8_t rest_of_ident[10];
	uint16_t type;
	uint16_t machine;
	uint32_t version;
	uint64_t entry;
	uint64_t segment_table;
	uint64_t section_table;
	uint32_t flags;
	uint16_t header_size;
	uint16_t segment_size;
	uint16_t segment_count;
	uint16_t section_size;
	uint16_t section_count;
	uint16_t section_names;
};

struct segment_header {
	uint32_t type;
	uint32_t flags;
	uint64_t offset;
	uint64_t vaddr;
	uint64_t paddr;
	uint64_t file_size;
	uint64_t memory_size;
	uint64_t alignment;
};

_Static_assert(sizeof(struct elf_header) == 64, "layout of an ELF64 header");
_Static_assert(sizeof(struct segment_header) == 56, "layout of an ELF64 program header");

/* Behind it come the owner's name and the descriptor, each padded to words of 32 bits. */
struct note_header {
	uint32_t owner_size;
	uint32_t size;
	uint32_t type;
};

enum address_kind { ADDRESS_VIRTUAL, ADDRESS_PHYSICAL };

static bool lies_inside(size_t size, uint64_t offset, uint64_t length)
{
	return offset <= size && length <= size - offset;
}

static enum l4_elf_error check_header(const struct elf_header *header, unsigned int machine, size_t size)
{
	if (header->class != CLASS_64 || header->data != DATA_LITTLE_ENDIAN)
		return L4_ELF_WRONG_CLASS;
	if (header->machine != machine)
		return L4_ELF_WRONG_MACHINE;
	if (header->type != TYPE_EXECUTABLE && header->type != TYPE_DYNAMIC)
		return L4_ELF_WRONG_TYPE;
	if (header->segment_count > 0 && header->segment_size < sizeof(struct segment_header))
		return L4_ELF_TRUNCATED;
	if (!lies_inside(size, header->segment_table, (uint64_t)header->segment_size * header->segment_count))
		return L4_ELF_TRUNCATED;
	return L4_ELF_OK;
}

static struct segment_header segment_header(const struct l4_elf *elf, unsigned int index)
{
	struct segment_header header;

	memcpy(&header, elf->image + elf->segment_table + (uint64_t)index * elf->segment_size, sizeof(header));
	return header;
}

/* free_from: the end of the segments before it; all addresses up to the last may be used, so it can be 0 after one that ends there. */
static enum l4_elf_error check_segment(const struct segment_header *header, size_t size, enum address_kind kind, uint64_t *free_from)
{
	uint64_t start = kind == ADDRESS_PHYSICAL ? header->paddr : header->vaddr;
	uint64_t end;

	if (!lies_inside(size, header->offset, header->file_size))
		return L4_ELF_TRUNCATED;
	if (header->file_size > header->memory_size || start < *free_from)
		return L4_ELF_BAD_SEGMENT;
	if (__builtin_add_overflow(start, header->memory_size, &end))
		return L4_ELF_BAD_SEGMENT;
	*free_from = end;
	return L4_ELF_OK;
}

static enum l4_elf_error check_segments(const struct l4_elf *elf, enum address_kind kind)
{
	uint64_t free_from = 0;

	for (unsigned int i = 0; i < elf->segment_count; i++) {
		struct segment_header header = segment_header(elf, i);
		enum l4_elf_error error;

		if (header.type != SEGMENT_LOAD)
			continue;
		error = check_segment(&header, elf->size, kind, &free_from);
		if (error != L4_ELF_OK)
			return error;
	}
	return L4_ELF_OK;
}

static enum l4_elf_error open_file(struct l4_elf *elf, const void *image, size_t size, unsigned int machine, enum address_kind kind)
{
	struct elf_header header;
	enum l4_elf_error error;

	if (size < IDENT_SIZE || memcmp(image, IDENT, IDENT_SIZE) != 0)
		return L4_ELF_NOT_ELF;
	if (size < sizeof(header))
		return L4_ELF_TRUNCATED;
	memcpy(&header, image, sizeof(header));
	error = check_header(&header, machine, size);
	if (error != L4_ELF_OK)
		return error;
	*elf = (struct l4_elf){
		.image = image, .size = size, .entry = header.entry, .segment_table = header.segment_table,
		.segment_size = header.segment_size, .segment_count = header.segment_count,
	};
	return check_segments(elf, kind);
}

enum l4_elf_error l4_elf_open(struct l4_elf *elf, const void *image, size_t size, unsigned int machine)
{
	return open_file(elf, image, size, machine, ADDRESS_VIRTUAL);
}

enum l4_elf_error l4_elf_open_physical(struct l4_elf *elf, const void *image, size_t size, unsigned int machine)
{
	return open_file(elf, image, size, machine, ADDRESS_PHYSICAL);
}

static unsigned int rights_of(uint32_t flags)
{
	return (flags & FLAG_READ ? L4_READ : 0u) | (flags & FLAG_WRITE ? L4_WRITE : 0u) | (flags & FLAG_EXECUTE ? L4_EXECUTE : 0u);
}

bool l4_elf_segment(const struct l4_elf *elf, unsigned int *index, struct l4_elf_segment *segment)
{
	while (*index < elf->segment_count) {
		struct segment_header header = segment_header(elf, (*index)++);

		if (header.type != SEGMENT_LOAD)
			continue;
		*segment = (struct l4_elf_segment){
			.vaddr = header.vaddr, .paddr = header.paddr, .memory_size = header.memory_size,
			.data = elf->image + header.offset, .file_size = header.file_size, .rights = rights_of(header.flags),
		};
		return true;
	}
	return false;
}

/* Null where no such note lies whole in `length` bytes of notes. */
static const uint8_t *find_note(const uint8_t *notes, uint64_t length, const char *owner, uint32_t type, size_t *size)
{
	size_t owner_size = strlen(owner) + 1;
	struct note_header note;

	for (uint64_t at = 0; lies_inside(length, at, sizeof(note));) {
		uint64_t name = at + sizeof(note), descriptor;

		memcpy(&note, notes + at, sizeof(note));
		descriptor = name + (((uint64_t)note.owner_size + 3) & ~3UL);
		if (!lies_inside(length, descriptor, note.size))
			return NULL;
		if (note.type == type && note.owner_size == owner_size && memcmp(notes + name, owner, owner_size) == 0) {
			*size = note.size;
			return notes + descriptor;
		}
		at = descriptor + (((uint64_t)note.size + 3) & ~3UL);
	}
	return NULL;
}

const uint8_t *l4_elf_find_note(const struct l4_elf *elf, const char *owner, uint32_t type, size_t *size)
{
	for (unsigned int i = 0; i < elf->segment_count; i++) {
		struct segment_header header = segment_header(elf, i);
		const uint8_t *found;

		if (header.type != SEGMENT_NOTE || !lies_inside(elf->size, header.offset, header.file_size))
			continue;
		found = find_note(elf->image + header.offset, header.file_size, owner, type, size);
		if (found)
			return found;
	}
	return NULL;
}

const char *l4_elf_error_text(enum l4_elf_error error)
{
	switch (error) {
	case L4_ELF_OK:
		return "no error";
	case L4_ELF_NOT_ELF:
		return "not an ELF file";
	case L4_ELF_TRUNCATED:
		return "the ELF file is cut off";
	case L4_ELF_WRONG_CLASS:
		return "not a 64-bit little-endian ELF file";
	case L4_ELF_WRONG_MACHINE:
		return "an ELF file for another architecture";
	case L4_ELF_WRONG_TYPE:
		return "not an executable ELF file";
	case L4_ELF_BAD_SEGMENT:
		return "an ELF segment overlaps another or does not fit in memory";
	}
	return "unknown error";
}
