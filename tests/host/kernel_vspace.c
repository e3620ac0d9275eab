/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Spaces of both stages against a model: entries are (container, index) pairs, a container being a root or a table object. After each step users access a few
 * addresses; the TLB of the machine remembers what they found, and fails the test if the kernel changes it without a flush (kernel_tlb.c).
 */
#include <kernel_driver.h>

#include <stdio.h>
#include <string.h>

#define SPACES 3 /* two of processes, one of a guest */
#define GUEST 2
#define TABLES 8
#define FRAMES 7
#define CAPS 3   /* of each frame: all rights, to read and execute, to read */
#define LEVELS 3
#define NONE (-1)

#define SPACE_SLOT(s) (FIRST_SLOT + (s))
#define TABLE_SLOT(t) (FIRST_SLOT + 10 + (t))
#define FRAME_SLOT(f, c) (FIRST_SLOT + 30 + CAPS * (f) + (c))

static const unsigned frame_level[FRAMES] = {0, 0, 0, 0, 1, 1, 2};
static const word_t cap_rights[CAPS] = {15, L4_READ | L4_EXECUTE, L4_READ};

/* Containers: roots 0 to SPACES - 1, then tables. */
struct entry {
	int container;
	unsigned index;
	int table; /* or NONE */
	int frame;
	word_t rights;
};

/* Where a capability believes that it is mapped. */
struct place {
	int space; /* or NONE */
	vaddr_t vaddr;
	unsigned level;
};

static struct entry entries[512];
static unsigned entry_count;
static struct place tables[TABLES], frames[FRAMES][CAPS];
static paddr_t frame_paddr[FRAMES];
static unsigned done_frames, done_tables, refused, translated;

static unsigned size_bits(unsigned level)
{
	return L4_PAGE_BITS + TABLE_BITS * level;
}

static unsigned index_of(int space, vaddr_t vaddr, unsigned level)
{
	unsigned bits = level == LEVELS - 1 && space == GUEST ? 11 : TABLE_BITS;
	return vaddr >> size_bits(level) & ((1u << bits) - 1);
}

static struct entry *find(int container, unsigned index)
{
	for (unsigned i = 0; i < entry_count; i++) {
		if (entries[i].container == container && entries[i].index == index)
			return &entries[i];
	}
	return NULL;
}

static void remove_entry(struct entry *entry)
{
	*entry = entries[--entry_count];
}

static void add_entry(int container, unsigned index, int table, int frame, word_t rights)
{
	entries[entry_count++] = (struct entry){container, index, table, frame, rights};
}

static void empty_container(int container)
{
	for (unsigned i = 0; i < entry_count;) {
		if (entries[i].container == container)
			remove_entry(&entries[i]);
		else
			i++;
	}
}

/* The container that has the entry for `vaddr` at `level`; NONE where the walk ends before, at *found. */
static int walk(int space, vaddr_t vaddr, unsigned level, unsigned *found)
{
	int container = space;
	for (*found = LEVELS - 1; *found > level; --*found) {
		struct entry *entry = find(container, index_of(space, vaddr, *found));
		if (!entry || entry->table == NONE)
			return NONE;
		container = SPACES + entry->table;
	}
	return container;
}

/* --- Choosing --- */

/* Few addresses, so that they meet; first, last and beyond the last of all sizes. */
static vaddr_t choose_vaddr(int space)
{
	static const unsigned few[] = {0, 1, 511};
	unsigned roots = space == GUEST ? 2048 : 256;
	vaddr_t vaddr = (vaddr_t)(chance(80) ? pick(2) : roots - 1) << size_bits(2);
	vaddr |= (vaddr_t)few[pick(3)] << size_bits(1) | (vaddr_t)few[pick(3)] << size_bits(0);
	if (chance(2))
		vaddr = (vaddr_t)roots << size_bits(2);
	if (chance(1))
		vaddr = random_word();
	return vaddr;
}

static vaddr_t space_end(int space)
{
	return space == GUEST ? MACHINE_GUEST_END : MACHINE_SPACE_END;
}

/* --- Tables --- */

static void map_table(void)
{
	int table = pick(TABLES), space = pick(SPACES);
	vaddr_t vaddr = choose_vaddr(space);
	unsigned found = 0;
	status_t expected = L4_OK;
	int container = vaddr < space_end(space) ? walk(space, vaddr, 0, &found) : NONE;
	if (vaddr >= space_end(space))
		expected = L4_INVALID_ARGUMENT;
	else if (tables[table].space != NONE)
		expected = L4_BUSY;
	else if (container != NONE || find(walk(space, vaddr, found, &found), index_of(space, vaddr, found)))
		expected = L4_OCCUPIED;
	EXPECT_EQ(expected, call(TABLE_SLOT(table), L4_OP_PAGE_TABLE_MAP, SPACE_SLOT(space), vaddr));
	if (expected != L4_OK) {
		refused++;
		return;
	}
	done_tables++;
	container = walk(space, vaddr, found, &found);
	empty_container(SPACES + table);
	add_entry(container, index_of(space, vaddr, found), table, NONE, 0);
	tables[table] = (struct place){space, vaddr >> size_bits(found) << size_bits(found), found};
}

/* Takes the entry out if the walk still comes to it. */
static void forget_table(int table)
{
	struct place *place = &tables[table];
	unsigned found;
	int container = place->space == NONE ? NONE : walk(place->space, place->vaddr, place->level, &found);
	struct entry *entry = container == NONE ? NULL : find(container, index_of(place->space, place->vaddr, place->level));
	if (entry && entry->table == table)
		remove_entry(entry);
	place->space = NONE;
}

static void unmap_table(void)
{
	int table = pick(TABLES);
	status_t expected = tables[table].space == NONE ? L4_BAD_STATE : L4_OK;
	forget_table(table);
	EXPECT_EQ(expected, call(TABLE_SLOT(table), L4_OP_PAGE_TABLE_UNMAP));
}

static void make_table(int table)
{
	make_object(object_untyped, L4_TYPE_PAGE_TABLE, 0, TABLE_SLOT(table));
	tables[table].space = NONE;
}

static void replace_table(void)
{
	int table = pick(TABLES);
	forget_table(table);
	EXPECT_EQ(L4_OK, call(L4_BOOT_CNODE, L4_OP_CNODE_DELETE, TABLE_SLOT(table)));
	empty_container(SPACES + table);
	make_table(table);
}

/* --- Frames --- */

static bool rights_are_valid(word_t rights, int space)
{
	if (rights == 0 || rights & ~11UL || ((rights & L4_WRITE) && !(rights & L4_READ)))
		return false;
	return space == GUEST || (rights & (L4_WRITE | L4_EXECUTE)) != (L4_WRITE | L4_EXECUTE);
}

/* `again`: the entry already maps this frame by this capability. */
static status_t expect_map(int frame, int cap, int space, vaddr_t vaddr, word_t rights, struct entry **again, unsigned *found)
{
	unsigned level = frame_level[frame];
	const struct place *place = &frames[frame][cap];
	*again = NULL;
	if (!rights_are_valid(rights, space))
		return L4_INVALID_ARGUMENT;
	if (rights & ~cap_rights[cap])
		return L4_NO_RIGHT;
	if (vaddr & ((1UL << size_bits(level)) - 1) || vaddr >= space_end(space))
		return L4_INVALID_ARGUMENT;
	if (place->space != NONE && (place->space != space || place->vaddr != vaddr))
		return L4_BUSY;
	int container = walk(space, vaddr, level, found);
	if (container == NONE)
		return find(walk(space, vaddr, *found, found), index_of(space, vaddr, *found)) ? L4_OCCUPIED : L4_MISSING_TABLE;
	struct entry *entry = find(container, index_of(space, vaddr, level));
	if (entry && !(place->space != NONE && entry->frame == frame))
		return L4_OCCUPIED;
	*again = entry;
	return L4_OK;
}

static void map_frame(void)
{
	int frame = pick(FRAMES), cap = pick(CAPS), space = pick(SPACES);
	vaddr_t vaddr = choose_vaddr(space);
	struct entry *again;
	unsigned found = 0, level = frame_level[frame];
	if (chance(95))
		vaddr = vaddr >> size_bits(level) << size_bits(level);
	/* Where it is or was mapped, or another capability to the same frame. */
	int like = chance(50) ? cap : (int)pick(CAPS);
	if (chance(40) && frames[frame][like].space != NONE) {
		space = frames[frame][like].space;
		vaddr = frames[frame][like].vaddr;
	}
	word_t rights = chance(90) ? (chance(50) ? L4_READ : chance(50) ? L4_READ | L4_WRITE : L4_READ | L4_EXECUTE) : pick(20);
	status_t expected = expect_map(frame, cap, space, vaddr, rights, &again, &found);
	EXPECT_EQ(expected, call(FRAME_SLOT(frame, cap), L4_OP_FRAME_MAP, SPACE_SLOT(space), vaddr, rights));
	if (expected == L4_MISSING_TABLE)
		EXPECT_EQ(found - 1, result(root, 0));
	if (expected != L4_OK) {
		refused++;
		return;
	}
	done_frames++;
	if (again)
		again->rights = rights;
	else
		add_entry(walk(space, vaddr, level, &found), index_of(space, vaddr, level), NONE, frame, rights);
	frames[frame][cap] = (struct place){space, vaddr, level};
}

static void forget_frame(int frame, int cap)
{
	struct place *place = &frames[frame][cap];
	unsigned found;
	int container = place->space == NONE ? NONE : walk(place->space, place->vaddr, place->level, &found);
	struct entry *entry = container == NONE ? NULL : find(container, index_of(place->space, place->vaddr, place->level));
	if (entry && entry->frame == frame)
		remove_entry(entry);
	place->space = NONE;
}

static void unmap_frame(void)
{
	int frame = pick(FRAMES), cap = pick(CAPS);
	status_t expected = frames[frame][cap].space == NONE ? L4_BAD_STATE : L4_OK;
	forget_frame(frame, cap);
	EXPECT_EQ(expected, call(FRAME_SLOT(frame, cap), L4_OP_FRAME_UNMAP));
}

static void copy_frame(int frame, int cap)
{
	EXPECT_EQ(L4_OK, call(L4_BOOT_CNODE, L4_OP_CNODE_COPY, FRAME_SLOT(frame, cap), L4_BOOT_CNODE, FRAME_SLOT(frame, 0), cap_rights[cap]));
	frames[frame][cap].space = NONE;
}

static void replace_copy(void)
{
	int frame = pick(FRAMES), cap = 1 + pick(CAPS - 1);
	forget_frame(frame, cap);
	EXPECT_EQ(L4_OK, call(L4_BOOT_CNODE, L4_OP_CNODE_DELETE, FRAME_SLOT(frame, cap)));
	copy_frame(frame, cap);
}

/* --- Spaces --- */

static void make_space(int space)
{
	make_object(object_untyped, space == GUEST ? L4_TYPE_GUEST_VSPACE : L4_TYPE_VSPACE, 0, SPACE_SLOT(space));
}

/* A successor at the same place must not be taken for it. */
static void replace_space(void)
{
	int space = pick(SPACES);
	EXPECT_EQ(L4_OK, call(L4_BOOT_CNODE, L4_OP_CNODE_DELETE, SPACE_SLOT(space)));
	empty_container(space);
	for (int t = 0; t < TABLES; t++) {
		if (tables[t].space == space)
			tables[t].space = NONE;
	}
	for (int f = 0; f < FRAMES; f++) {
		for (int c = 0; c < CAPS; c++) {
			if (frames[f][c].space == space)
				frames[f][c].space = NONE;
		}
	}
	make_space(space);
}

/* --- Comparison --- */

static void compare(int space, vaddr_t vaddr)
{
	unsigned level = 0, found;
	paddr_t paddr;
	word_t rights;
	struct entry *entry = NULL;
	if (vaddr >= space_end(space))
		return;
	for (level = LEVELS; level-- > 0 && !(entry && entry->frame != NONE);) {
		int container = walk(space, vaddr, level, &found);
		entry = container == NONE ? NULL : find(container, index_of(space, vaddr, level));
		if (entry && entry->frame != NONE)
			break;
	}
	bool expected = entry && entry->frame != NONE;
	EXPECT_EQ(expected, tlb_translate(slot_object(root_slot(SPACE_SLOT(space))), vaddr, &paddr, &rights));
	if (!expected)
		return;
	translated++;
	EXPECT_EQ(entry->rights, rights);
	EXPECT_EQ(frame_paddr[entry->frame] + (vaddr & ((1UL << size_bits(level)) - 1)), paddr);
}

static void step(void)
{
	unsigned what = pick(100);
	if (what < 35)
		map_table();
	else if (what < 70)
		map_frame();
	else if (what < 80)
		unmap_frame();
	else if (what < 85)
		unmap_table();
	else if (what < 90)
		replace_copy();
	else if (what < 92)
		replace_table();
	else if (what < 93)
		replace_space();
	for (unsigned n = 0; n < 4; n++) {
		int space = pick(SPACES);
		compare(space, choose_vaddr(space));
	}
}

#define SEEDS 60
#define STEPS 2500

static void round_of_mappings(void)
{
	driver_start();
	entry_count = 0;
	for (int s = 0; s < SPACES; s++)
		make_space(s);
	for (int t = 0; t < TABLES; t++)
		make_table(t);
	for (int f = FRAMES - 1; f >= 0; f--) {
		make_object(device_untyped, L4_TYPE_FRAME, size_bits(frame_level[f]), FRAME_SLOT(f, 0));
		frame_paddr[f] = slot_address(root_slot(FRAME_SLOT(f, 0)));
		frames[f][0].space = NONE;
		for (int c = 1; c < CAPS; c++)
			copy_frame(f, c);
	}
	for (unsigned n = 0; n < STEPS; n++)
		step();
	driver_end();
}

TEST(KVSP0001, "random maps of three sizes in both stages agree with a model, and no TLB keeps what is gone")
{
	driver_rounds(SEEDS, round_of_mappings);
	printf("frames mapped %u, tables mapped %u, refused %u, translations %u\n", done_frames, done_tables, refused, translated);
	EXPECT_TRUE(done_frames && done_tables && refused && translated);
}

TEST(KVSP0002, "a mapping that went with its table does not count when another capability maps the frame there with more rights")
{
	driver_start();
	make_space(0);
	for (int t = 0; t < 3; t++)
		make_table(t);
	make_object(device_untyped, L4_TYPE_FRAME, L4_PAGE_BITS, FRAME_SLOT(0, 0));
	copy_frame(0, 2);
	for (int t = 0; t < 2; t++)
		EXPECT_EQ(L4_OK, call(TABLE_SLOT(t), L4_OP_PAGE_TABLE_MAP, SPACE_SLOT(0), 0));
	EXPECT_EQ(L4_OK, call(FRAME_SLOT(0, 2), L4_OP_FRAME_MAP, SPACE_SLOT(0), 0, L4_READ));
	EXPECT_EQ(L4_OK, call(TABLE_SLOT(1), L4_OP_PAGE_TABLE_UNMAP));
	EXPECT_EQ(L4_OK, call(TABLE_SLOT(2), L4_OP_PAGE_TABLE_MAP, SPACE_SLOT(0), 0));
	EXPECT_EQ(L4_OK, call(FRAME_SLOT(0, 0), L4_OP_FRAME_MAP, SPACE_SLOT(0), 0, L4_READ | L4_WRITE));
	EXPECT_EQ(L4_OK, call(FRAME_SLOT(0, 2), L4_OP_FRAME_UNMAP));
	driver_end();
}
