/* SPDX-License-Identifier: BSD-2-Clause */
/* Operations that make, copy, move, identify and bind capabilities, with what they must give. */
#include "kernel_derivation_steps.h"
#include "kernel_derivation_targets.h"

void count_outcome(enum operation what, status_t status)
{
	if (status == L4_OK)
		counts.done[what]++;
	else
		counts.failed++;
}

static const enum l4_type made_types[] = {L4_TYPE_UNTYPED, L4_TYPE_CNODE, L4_TYPE_CNODE, L4_TYPE_ENDPOINT, L4_TYPE_NOTIFICATION, L4_TYPE_THREAD, L4_TYPE_REPLY};

static unsigned made_bits(enum l4_type type, word_t size_bits)
{
	switch (type) {
	case L4_TYPE_UNTYPED:
		return size_bits >= 6 ? size_bits : 0;
	case L4_TYPE_CNODE:
		return size_bits > 6 ? size_bits : 0;
	case L4_TYPE_THREAD:
		return size_bits ? 0 : 13;
	default:
		return size_bits ? 0 : 6;
	}
}

static void add_made(int untyped, enum l4_type type, unsigned bits, int table, unsigned place)
{
	int index = new_node(type, 7, untyped, table, place);
	struct slot *slot = slot_of(index);
	struct node *node = &nodes[index];
	node->original = true;
	node->size_bits = bits;
	if (type == L4_TYPE_CNODE)
		node->object = new_table(TABLE_CNODE, slot_object(slot), (1u << (bits - 6)) - 1);
	else if (type == L4_TYPE_THREAD)
		node->object = new_table(TABLE_THREAD, ((struct thread *)slot_object(slot))->slots, L4_BIND_COUNT);
	else if (type == L4_TYPE_NOTIFICATION)
		node->object = new_table(TABLE_CNODE, NULL, 0);
}

static status_t expect_retype(int untyped, enum l4_type type, word_t size_bits, const struct target *to, word_t index, word_t count, word_t *start)
{
	unsigned bits = made_bits(type, size_bits);
	status_t status = expect_rights(to, L4_WRITE);
	if (status != L4_OK)
		return status;
	if (!bits || !count || index >= to->limit || count > to->limit - index)
		return L4_INVALID_ARGUMENT;
	for (word_t i = 0; i < count; i++) {
		if (node_at(to, index + i) >= 0)
			return L4_OCCUPIED;
	}
	if (nodes[untyped].depth >= L4_DERIVATION_DEPTH_MAX)
		return L4_TOO_DEEP;
	word_t size = 1UL << nodes[untyped].size_bits, watermark = has_children(untyped) ? nodes[untyped].watermark : 0;
	*start = (watermark + (1UL << bits) - 1) >> bits << bits;
	return *start + (count << bits) > size ? L4_OUT_OF_MEMORY : L4_OK;
}

void do_retype(void)
{
	unsigned place = choose_place(L4_TYPE_UNTYPED);
	int untyped = tables[0].node[place];
	if (untyped < 0 || nodes[untyped].type != L4_TYPE_UNTYPED)
		return;
	enum l4_type type = made_types[pick(sizeof(made_types) / sizeof(made_types[0]))];
	word_t size_bits = type == L4_TYPE_UNTYPED ? 5 + pick(chance(30) ? 10 : 6) : type == L4_TYPE_CNODE ? 6 + pick(5) : chance(1);
	struct target to = choose_cnode();
	word_t index = choose_index(&to, false), count = chance(2) ? 0 : chance(70) ? 1 : 1 + pick(3), start = 0;
	/* The model notes the places of the root table that are the test's, and no others. */
	if (to.table == 0 && index < 4095 && index - FIRST_SLOT + count > ROOT_PLACES)
		count = 1;
	status_t expected = expect_retype(untyped, type, size_bits, &to, index, count, &start);
	EXPECT_EQ(expected, call(FIRST_SLOT + place, L4_OP_UNTYPED_RETYPE, type, size_bits, to.cap, index, count));
	count_outcome(DO_RETYPE, expected);
	if (expected != L4_OK)
		return;
	unsigned bits = made_bits(type, size_bits);
	nodes[untyped].watermark = start + (count << bits);
	for (word_t i = 0; i < count; i++)
		add_made(untyped, type, bits, to.table, index - to.first + i);
}

/* Status of a copy but for its rights and badge; for a move without `copy`. */
static status_t expect_transfer(const struct target *to, word_t index, const struct target *from, word_t from_index, bool copy)
{
	status_t status = expect_rights(to, L4_WRITE);
	if (status == L4_OK)
		status = expect_rights(from, copy ? L4_READ : L4_READ | L4_WRITE);
	if (status != L4_OK)
		return status;
	if (node_at(to, index) == -2)
		return L4_INVALID_ARGUMENT;
	if (node_at(to, index) >= 0)
		return L4_OCCUPIED;
	int source = node_at(from, from_index);
	if (source < 0)
		return source == -2 ? L4_INVALID_ARGUMENT : L4_INVALID_CAP;
	return L4_OK;
}

void do_copy(bool mint)
{
	struct target to = choose_invoked(), from = choose_cnode();
	word_t index = choose_index(&to, false), from_index = choose_index(&from, true);
	word_t rights = chance(2) ? 16 + pick(100) : chance(60) ? 15 : pick(16), badge = pick(3);
	status_t expected = expect_transfer(&to, index, &from, from_index, true);
	int source = expected == L4_OK ? node_at(&from, from_index) : -1;
	if (expected == L4_OK && rights > 15)
		expected = L4_INVALID_ARGUMENT;
	else if (expected == L4_OK && (nodes[source].type == L4_TYPE_UNTYPED || nodes[source].type == L4_TYPE_REPLY))
		expected = L4_BAD_OPERATION;
	else if (expected == L4_OK && nodes[source].depth >= L4_DERIVATION_DEPTH_MAX)
		expected = L4_TOO_DEEP;
	else if (expected == L4_OK && mint &&
		 ((nodes[source].type != L4_TYPE_ENDPOINT && nodes[source].type != L4_TYPE_NOTIFICATION) || nodes[source].badge))
		expected = L4_BAD_OPERATION;
	if (mint)
		EXPECT_EQ(expected, call(to.cap, L4_OP_CNODE_MINT, index, from.cap, from_index, rights, badge));
	else
		EXPECT_EQ(expected, call(to.cap, L4_OP_CNODE_COPY, index, from.cap, from_index, rights));
	count_outcome(mint ? DO_MINT : DO_COPY, expected);
	if (expected != L4_OK)
		return;
	int copy = copy_node(source, nodes[source].rights & rights, to.table, index - to.first);
	if (mint)
		nodes[copy].badge = badge;
}

void do_move(void)
{
	struct target to = choose_invoked(), from = choose_cnode();
	word_t index = choose_index(&to, false), from_index = choose_index(&from, true);
	status_t expected = expect_transfer(&to, index, &from, from_index, false);
	EXPECT_EQ(expected, call(to.cap, L4_OP_CNODE_MOVE, index, from.cap, from_index));
	count_outcome(DO_MOVE, expected);
	if (expected == L4_OK)
		move_node(node_at(&from, from_index), to.table, index - to.first);
}

void do_identify(void)
{
	struct target in = choose_invoked();
	word_t index = choose_index(&in, true);
	status_t expected = expect_rights(&in, L4_READ);
	if (expected == L4_OK && node_at(&in, index) == -2)
		expected = L4_INVALID_ARGUMENT;
	EXPECT_EQ(expected, call(in.cap, L4_OP_CNODE_IDENTIFY, index));
	count_outcome(DO_IDENTIFY, expected);
	if (expected != L4_OK)
		return;
	int found = node_at(&in, index);
	struct node none = {0}, *node = found < 0 ? &none : &nodes[found];
	const struct thread *self = cpu_self()->current;
	EXPECT_EQ(node->type, result(self, 0));
	EXPECT_EQ(node->rights, result(self, 1));
	EXPECT_EQ(node->badge, result(self, 2));
	EXPECT_EQ(node->size_bits, result(self, 3));
	EXPECT_EQ(found >= 0 && has_children(found), result(self, 4));
}

static const struct {
	enum l4_bind which;
	enum l4_type type;
	word_t rights;
} binds[] = {
	{L4_BIND_CNODE, L4_TYPE_CNODE, L4_READ | L4_WRITE},
	{L4_BIND_HANDLER, L4_TYPE_ENDPOINT, L4_WRITE},
	{L4_BIND_NOTIFICATION, L4_TYPE_NOTIFICATION, L4_READ},
	{L4_BIND_REPLY, L4_TYPE_REPLY, L4_WRITE},
};

static status_t expect_bind(unsigned kind, int source)
{
	if (source < 0 || nodes[source].type != binds[kind].type)
		return L4_INVALID_CAP;
	if ((nodes[source].rights & binds[kind].rights) != binds[kind].rights)
		return L4_NO_RIGHT;
	if (binds[kind].type != L4_TYPE_REPLY && nodes[source].depth >= L4_DERIVATION_DEPTH_MAX)
		return L4_TOO_DEEP;
	if (binds[kind].type == L4_TYPE_NOTIFICATION && is_bound(nodes[source].object))
		return L4_BUSY;
	return L4_OK;
}

void do_bind(void)
{
	unsigned thread_place = choose_place(L4_TYPE_THREAD), kind = pick(4), place = choose_place(binds[kind].type);
	int thread = tables[0].node[thread_place], source = tables[0].node[place];
	if (thread < 0 || nodes[thread].type != L4_TYPE_THREAD)
		return;
	bool nothing = chance(10);
	int table = nodes[thread].object, old = tables[table].node[binds[kind].which];
	status_t expected = nothing ? L4_OK : expect_bind(kind, source);
	if (binds[kind].which == L4_BIND_REPLY && !nothing && source < 0)
		expected = L4_OK;
	if (!(nodes[thread].rights & L4_WRITE))
		expected = L4_NO_RIGHT;
	EXPECT_EQ(expected, call(FIRST_SLOT + thread_place, L4_OP_THREAD_BIND, binds[kind].which, nothing ? 0 : FIRST_SLOT + place));
	count_outcome(DO_BIND, expected);
	if (expected != L4_OK)
		return;
	if (binds[kind].which == L4_BIND_REPLY && !nothing) {
		exchange_reply(table, source, place);
		return;
	}
	if (old >= 0)
		doom(old);
	remove_doomed();
	if (!nothing)
		copy_node(source, binds[kind].rights, table, binds[kind].which);
}
