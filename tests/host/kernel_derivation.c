/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Derivation against a model: a forest of nodes, one a capability, each in a place of a table (a cnode, or the own slots of a thread). Deletion in the
 * model is a closure of sets: descendants, and what lies in tables whose first capability goes. The kernel must come to the same, however often it is
 * interrupted, whoever goes on, and whichever thread dies on the way.
 */
#include <kernel_driver.h>

#include <stdio.h>
#include <string.h>

#define NODES_MAX 1024
#define TABLES_MAX 512
#define ROOT_PLACES 32
#define PLACES_MAX 32
#define BASE_SLOT 1200 /* of the untyped that all of the world is made of */
#define BASE_BITS 16
#define WORKERS 2
#define WORKER_SLOT 1210
#define PRIORITY 200

enum table_kind { TABLE_ROOT, TABLE_CNODE, TABLE_THREAD };

struct table {
	bool alive;
	enum table_kind kind;
	struct slot *slots;
	unsigned count;
	int node[PLACES_MAX];
};

struct node {
	bool alive;
	bool original;
	bool doomed;
	enum l4_type type;
	word_t rights, badge, size_bits;
	int parent; /* -1: the base */
	int depth;
	int table, place;    /* where it is */
	int object;          /* cnode, thread: its table; others: a number of its own */
	word_t watermark;    /* untyped */
};

static struct table tables[TABLES_MAX];
static struct node nodes[NODES_MAX];
static int bound[TABLES_MAX]; /* by object number modulo: the thread table to which a notification is bound, or -1 */
static int base_depth;
static struct thread *workers[WORKERS];
static unsigned done[8], failed, torn_removals, restarts, most;
static int deepest;

enum { DO_RETYPE, DO_COPY, DO_MINT, DO_MOVE, DO_DELETE, DO_REVOKE, DO_IDENTIFY, DO_BIND };

/* --- The model --- */

static int new_node(enum l4_type type, word_t rights, int parent, int table, int place)
{
	for (int i = 0; i < NODES_MAX; i++) {
		if (nodes[i].alive)
			continue;
		int depth = parent < 0 ? base_depth + 1 : nodes[parent].depth + 1;
		nodes[i] = (struct node){.alive = true, .type = type, .rights = rights, .parent = parent, .depth = depth, .table = table, .place = place};
		tables[table].node[place] = i;
		return i;
	}
	machine_fail("the model is full", NODES_MAX);
}

static int new_table(enum table_kind kind, struct slot *slots, unsigned count)
{
	for (int i = 0; i < TABLES_MAX; i++) {
		if (tables[i].alive)
			continue;
		tables[i] = (struct table){.alive = true, .kind = kind, .slots = slots, .count = count};
		memset(tables[i].node, -1, sizeof(tables[i].node));
		bound[i] = -1;
		return i;
	}
	machine_fail("the model is full", TABLES_MAX);
}

static bool has_table(const struct node *node)
{
	return node->type == L4_TYPE_CNODE || node->type == L4_TYPE_THREAD;
}

static void doom(int index)
{
	struct node *node = &nodes[index];
	if (node->doomed)
		return;
	node->doomed = true;
	for (int i = 0; i < NODES_MAX; i++) {
		if (nodes[i].alive && nodes[i].parent == index)
			doom(i);
	}
	for (unsigned i = 0; node->original && has_table(node) && i < tables[node->object].count; i++) {
		if (tables[node->object].node[i] >= 0)
			doom(tables[node->object].node[i]);
	}
}

static void doom_children(int index)
{
	for (int i = 0; i < NODES_MAX; i++) {
		if (nodes[i].alive && nodes[i].parent == index)
			doom(i);
	}
}

static void remove_doomed(void)
{
	for (int i = 0; i < NODES_MAX; i++) {
		struct node *node = &nodes[i];
		if (!node->alive || !node->doomed)
			continue;
		if (tables[node->table].kind == TABLE_THREAD && node->place == L4_BIND_NOTIFICATION)
			bound[node->object] = -1;
		tables[node->table].node[node->place] = -1;
		if (node->original && (has_table(node) || node->type == L4_TYPE_NOTIFICATION))
			tables[node->object].alive = false;
		*node = (struct node){0};
	}
}

static bool has_children(int index)
{
	for (int i = 0; i < NODES_MAX; i++) {
		if (nodes[i].alive && nodes[i].parent == index)
			return true;
	}
	return false;
}

static struct slot *slot_of(int index)
{
	return tables[nodes[index].table].slots + nodes[index].place;
}

static const struct slot *parent_of(const struct slot *slot)
{
	while (slot->prev->child != slot)
		slot = slot->prev;
	return slot->prev;
}

static void compare_node(int index, bool thoroughly)
{
	const struct node *node = &nodes[index];
	const struct slot *slot = slot_of(index);
	if (node->depth > deepest)
		deepest = node->depth;
	EXPECT_EQ(node->type, slot_type(slot));
	EXPECT_EQ(node->rights, slot_rights(slot));
	EXPECT_EQ(node->original, slot_is_original(slot));
	EXPECT_EQ(node->depth, slot->depth);
	EXPECT_EQ(node->size_bits, slot_size_bits(slot));
	if (node->type == L4_TYPE_ENDPOINT || node->type == L4_TYPE_NOTIFICATION)
		EXPECT_EQ(node->badge, slot->badge);
	if (!thoroughly)
		return;
	EXPECT_EQ(has_children(index), slot->child != NULL);
	EXPECT_TRUE(parent_of(slot) == (node->parent < 0 ? root_slot(BASE_SLOT) : slot_of(node->parent)));
}

static void compare(void)
{
	bool thoroughly = chance(5);
	unsigned count = 0;
	for (int t = 0; t < TABLES_MAX; t++) {
		for (unsigned i = 0; tables[t].alive && i < tables[t].count; i++) {
			if (tables[t].node[i] < 0) {
				EXPECT_TRUE(slot_is_empty(&tables[t].slots[i]));
				continue;
			}
			compare_node(tables[t].node[i], thoroughly);
			count++;
		}
	}
	if (count > most)
		most = count;
}

/* --- Choosing --- */

/* A place of the root table, 0 to ROOT_PLACES - 1; if possible with a capability of the type. */
static unsigned choose_place(enum l4_type type)
{
	unsigned start = pick(ROOT_PLACES);
	for (unsigned n = 0; n < ROOT_PLACES && !chance(3); n++) {
		unsigned place = (start + n) % ROOT_PLACES;
		int node = tables[0].node[place];
		if (type == L4_TYPE_NULL ? node < 0 : node >= 0 && nodes[node].type == type)
			return place;
	}
	return start;
}

/* A cnode as a call names it: the number of its slot, its table, and the number of its first place that tests use. */
struct target {
	word_t cap;
	int table;     /* -1: no cnode */
	word_t rights; /* of the capability */
	word_t first;
	word_t limit;  /* slots */
};

static struct target choose_cnode(void)
{
	if (chance(50))
		return (struct target){L4_BOOT_CNODE, 0, 7, FIRST_SLOT, 4095};
	unsigned place = choose_place(L4_TYPE_CNODE);
	int node = tables[0].node[place];
	if (node < 0 || nodes[node].type != L4_TYPE_CNODE)
		return (struct target){FIRST_SLOT + place, -1, 0, 0, 1};
	return (struct target){FIRST_SLOT + place, nodes[node].object, nodes[node].rights, 0, tables[nodes[node].object].count};
}

/* A cnode to invoke: never an endpoint, whose call would be a message. */
static struct target choose_invoked(void)
{
	for (;;) {
		struct target target = choose_cnode();
		int node = target.table < 0 ? tables[0].node[target.cap - FIRST_SLOT] : -1;
		if (node < 0)
			return target;
	}
}

/* A slot of the cnode, most often a full one or an empty one, as wanted. */
static word_t choose_index(const struct target *target, bool full)
{
	if (chance(2) || target->table < 0)
		return target->limit + pick(3);
	const struct table *table = &tables[target->table];
	unsigned place = pick(table->count);
	for (unsigned n = 0; n < table->count && !chance(2) && (table->node[place] >= 0) != full; n++)
		place = (place + 1) % table->count;
	return target->first + place;
}

/* -2: out of range; -1: empty. */
static int node_at(const struct target *target, word_t index)
{
	if (index >= target->limit)
		return -2;
	return tables[target->table].node[index - target->first];
}

static status_t expect_rights(const struct target *target, word_t rights)
{
	if (target->table < 0)
		return L4_INVALID_CAP;
	return (target->rights & rights) == rights ? L4_OK : L4_NO_RIGHT;
}

static void count_outcome(unsigned what, status_t status)
{
	if (status == L4_OK)
		done[what]++;
	else
		failed++;
}

/* --- Operations --- */

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

static void do_retype(void)
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

static void do_copy(bool mint)
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
	int copy = new_node(nodes[source].type, nodes[source].rights & rights, source, to.table, index - to.first);
	nodes[copy].badge = mint ? badge : nodes[source].badge;
	nodes[copy].size_bits = nodes[source].size_bits;
	nodes[copy].object = nodes[source].object;
}

static void move_node(int node, int table, unsigned place)
{
	tables[nodes[node].table].node[nodes[node].place] = -1;
	tables[table].node[place] = node;
	nodes[node].table = table;
	nodes[node].place = place;
}

static void do_move(void)
{
	struct target to = choose_invoked(), from = choose_cnode();
	word_t index = choose_index(&to, false), from_index = choose_index(&from, true);
	status_t expected = expect_transfer(&to, index, &from, from_index, false);
	EXPECT_EQ(expected, call(to.cap, L4_OP_CNODE_MOVE, index, from.cap, from_index));
	count_outcome(DO_MOVE, expected);
	if (expected == L4_OK)
		move_node(node_at(&from, from_index), to.table, index - to.first);
}

static void do_identify(void)
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
	{L4_BIND_CNODE, L4_TYPE_CNODE, L4_READ},
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
	if (binds[kind].type == L4_TYPE_NOTIFICATION && bound[nodes[source].object] >= 0)
		return L4_BUSY;
	return L4_OK;
}

static void exchange(int thread_table, int source, unsigned place)
{
	int mine = tables[thread_table].node[L4_BIND_REPLY];
	tables[thread_table].node[L4_BIND_REPLY] = -1;
	if (source >= 0)
		move_node(source, thread_table, L4_BIND_REPLY);
	if (mine >= 0) {
		nodes[mine].table = 0;
		nodes[mine].place = place;
		tables[0].node[place] = mine;
	}
}

static void do_bind(void)
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
		exchange(table, source, place);
		return;
	}
	if (old >= 0)
		doom(old);
	remove_doomed();
	if (nothing)
		return;
	int copy = new_node(nodes[source].type, binds[kind].rights, source, table, binds[kind].which);
	nodes[copy].badge = nodes[source].badge;
	nodes[copy].size_bits = nodes[source].size_bits;
	nodes[copy].object = nodes[source].object;
	if (binds[kind].which == L4_BIND_NOTIFICATION)
		bound[nodes[source].object] = table;
}

/* --- Deleting --- */

static void make_worker(unsigned number)
{
	workers[number] = make_thread(WORKER_SLOT + 2 * number, PRIORITY);
}

/* The current thread starts to delete or revoke at a place of the root table. True: interrupted. */
static bool begin_removal(bool revoke, unsigned place)
{
	word_t words[L4_MESSAGE_REGISTERS] = {FIRST_SLOT + place};
	struct thread *self = cpu_self()->current;
	int node = tables[0].node[place];
	if (node >= 0 && revoke)
		doom_children(node);
	else if (node >= 0)
		doom(node);
	machine.preempt_after = 1 + pick(8);
	EXPECT_TRUE(enter_syscall(L4_SYS_CALL, L4_BOOT_CNODE, l4_tag(revoke ? L4_OP_CNODE_REVOKE : L4_OP_CNODE_DELETE, 1), words));
	machine.preempt_after = 0;
	machine.interrupt = false;
	EXPECT_TRUE(cpu_self()->current == self);
	return is_restarting(self);
}

static void finish_removal(struct thread *thread)
{
	run_as(thread);
	for (unsigned n = 0; is_restarting(thread); n++) {
		EXPECT_TRUE(n < 10000);
		machine.preempt_after = chance(50) ? 1 + pick(8) : 0;
		machine.interrupt = false;
		EXPECT_TRUE(enter_restart());
		restarts++;
	}
	machine.preempt_after = 0;
	machine.interrupt = false;
}

/* A worker never ends what it has begun: it dies, or gets something else to do. */
static void abandon(unsigned number)
{
	run_as(root);
	if (chance(50)) {
		EXPECT_EQ(L4_OK, call(L4_BOOT_CNODE, L4_OP_CNODE_DELETE, WORKER_SLOT + 2 * number + 1));
		EXPECT_EQ(L4_OK, call(L4_BOOT_CNODE, L4_OP_CNODE_DELETE, WORKER_SLOT + 2 * number));
		make_worker(number);
	} else {
		EXPECT_EQ(L4_OK, call(WORKER_SLOT + 2 * number, L4_OP_THREAD_START, 0x10000, 0, 0, 0));
		EXPECT_TRUE(!is_restarting(workers[number]));
		run_as(workers[number]);
		/* The next deletion first ends the last one's. */
		EXPECT_EQ(L4_OK, call(L4_BOOT_CNODE, L4_OP_CNODE_DELETE, LAST_SLOT));
	}
}

/* Removals of several threads at once, each stopped where it stands. */
static void do_torn_removals(void)
{
	struct {
		bool revoke, stopped;
		unsigned place;
	} removal[WORKERS + 1];
	unsigned count = 1 + pick(WORKERS + 1);
	for (unsigned i = 0; i < count; i++) {
		run_as(i < WORKERS ? workers[i] : root);
		removal[i].revoke = chance(50);
		removal[i].place = choose_place(chance(50) ? L4_TYPE_CNODE : L4_TYPE_UNTYPED);
		removal[i].stopped = begin_removal(removal[i].revoke, removal[i].place);
		torn_removals += removal[i].stopped;
	}
	unsigned first = pick(count);
	for (unsigned n = 0; n < count; n++) {
		unsigned i = (first + n) % count;
		if (removal[i].stopped && i < WORKERS && chance(40))
			abandon(i);
		else
			finish_removal(i < WORKERS ? workers[i] : root);
	}
	/* Whatever was left undone, whoever asks again gets it done. */
	run_as(root);
	for (unsigned i = 0; i < count; i++) {
		begin_removal(removal[i].revoke, removal[i].place);
		finish_removal(root);
	}
	remove_doomed();
}

static unsigned weight(int index)
{
	unsigned sum = 1;
	for (int i = 0; i < NODES_MAX; i++) {
		if (nodes[i].alive && nodes[i].parent == index)
			sum += weight(i);
	}
	return sum;
}

/* The cnode that it is in goes. */
static bool its_table_is_doomed(int index)
{
	for (int i = 0; i < NODES_MAX; i++) {
		if (nodes[i].alive && nodes[i].doomed && nodes[i].original && has_table(&nodes[i]) && nodes[i].object == nodes[index].table)
			return true;
	}
	return false;
}

static void do_removal(bool revoke)
{
	struct target in = choose_invoked();
	word_t index = choose_index(&in, true);
	status_t expected = expect_rights(&in, L4_WRITE);
	int node = expected == L4_OK ? node_at(&in, index) : -1;
	/* Else the world would never grow. */
	if (node >= 0 && weight(node) > 8 && chance(85))
		return;
	if (expected == L4_OK && node < 0)
		expected = node == -2 ? L4_INVALID_ARGUMENT : revoke ? L4_INVALID_CAP : L4_OK;
	if (expected == L4_OK && node >= 0) {
		if (revoke)
			doom_children(node);
		else
			doom(node);
		/* Where the way to the slot goes too, an interrupted call does not find back to it (INVALID_CAP) and stays unfinished. */
		if ((revoke && nodes[node].doomed) || its_table_is_doomed(node) || (in.cap != L4_BOOT_CNODE && nodes[tables[0].node[in.cap - FIRST_SLOT]].doomed))
			driver_preempt = 0;
	}
	EXPECT_EQ(expected, call(in.cap, revoke ? L4_OP_CNODE_REVOKE : L4_OP_CNODE_DELETE, index));
	count_outcome(revoke ? DO_REVOKE : DO_DELETE, expected);
	remove_doomed();
}

/* --- Rounds --- */

static void new_world(void)
{
	int node = new_node(L4_TYPE_UNTYPED, 7, -1, 0, 0);
	EXPECT_EQ(L4_OK, call(BASE_SLOT, L4_OP_UNTYPED_RETYPE, L4_TYPE_UNTYPED, BASE_BITS, L4_BOOT_CNODE, FIRST_SLOT, 1));
	nodes[node].original = true;
	nodes[node].size_bits = BASE_BITS;
}

/* All of the world goes, also what nobody can reach any more. */
static void end_world(void)
{
	run_as(root);
	doom_children(-1);
	EXPECT_EQ(L4_OK, call(L4_BOOT_CNODE, L4_OP_CNODE_REVOKE, BASE_SLOT));
	remove_doomed();
	compare();
	EXPECT_EQ(0, root_slot(BASE_SLOT)->child != NULL);
}

static bool world_is_lost(void)
{
	for (unsigned i = 0; i < ROOT_PLACES; i++) {
		int node = tables[0].node[i];
		if (node >= 0 && nodes[node].type == L4_TYPE_UNTYPED)
			return false;
	}
	return true;
}

static void step(void)
{
	driver_preempt = chance(70) ? 1 + pick(12) : 0;
	if (chance(20))
		run_as(chance(50) ? root : workers[pick(WORKERS)]);
	unsigned what = pick(100);
	if (what < 30)
		do_retype();
	else if (what < 50)
		do_copy(false);
	else if (what < 60)
		do_copy(true);
	else if (what < 78)
		do_move();
	else if (what < 83)
		do_identify();
	else if (what < 90)
		do_bind();
	else if (what < 94)
		do_removal(true);
	else if (what < 98)
		do_removal(false);
	else if (chance(80))
		do_torn_removals();
	compare();
	if (world_is_lost()) {
		end_world();
		new_world();
	}
}

#define SEEDS 60
#define STEPS 4000

static void round_of_derivation(void)
{
	driver_start();
	memset(tables, 0, sizeof(tables));
	memset(nodes, 0, sizeof(nodes));
	make_object(object_untyped, L4_TYPE_UNTYPED, BASE_BITS, BASE_SLOT);
	base_depth = root_slot(BASE_SLOT)->depth;
	new_table(TABLE_ROOT, root_slot(FIRST_SLOT), ROOT_PLACES);
	for (unsigned i = 0; i < WORKERS; i++)
		make_worker(i);
	new_world();
	for (unsigned n = 0; n < STEPS; n++)
		step();
	end_world();
	driver_end();
}

TEST(KDRV0001, "random derivation, moves and removals agree with a model, interrupted, abandoned and taken over at random")
{
	driver_rounds(SEEDS, round_of_derivation);
	printf("done: retype %u copy %u mint %u move %u delete %u revoke %u identify %u bind %u; refused %u; stopped removals %u, restarts %u; at most %u capabilities, %d deep\n",
	       done[DO_RETYPE], done[DO_COPY], done[DO_MINT], done[DO_MOVE], done[DO_DELETE], done[DO_REVOKE], done[DO_IDENTIFY], done[DO_BIND], failed,
	       torn_removals, restarts, most, deepest);
	for (unsigned i = 0; i < sizeof(done) / sizeof(done[0]); i++)
		EXPECT_TRUE(done[i] > 0);
	EXPECT_TRUE(failed && torn_removals && restarts);
}
