/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The checks of debug kernels find what they are for, at the very exit of the entry that broke it. Each program of this one file is linked to a kernel that
 * leaves out one statement of its own (MUTATIONS in SConscript) while mutation_on is set: for the one entry that would execute it.
 */
#include <kernel_driver.h>
#include <kernel/thread.h>

#include <string.h>

#define ENDPOINT (FIRST_SLOT + 1)
#define COPY(i) (FIRST_SLOT + 2 + (i))
#define REPLY (FIRST_SLOT + 6)
#define FRAME (FIRST_SLOT + 7)
#define TABLE(i) (FIRST_SLOT + 8 + (i))
#define WAY (FIRST_SLOT + 14) /* to the endpoint, as callers have it */
#define THREAD(i) (FIRST_SLOT + 20 + 2 * (i))
#define PRIORITY 200 /* root's: turns go round */
#define TEST_VADDR (1UL << 32)

extern const char mutation[]; /* in the kernel that is linked */
bool mutation_on;

static const word_t no_words[L4_MESSAGE_REGISTERS];

/* The current thread's next entry must not leave the kernel. */
static void provoke(int64_t number, word_t cap, word_t tag, const word_t *words)
{
	mutation_on = machine.panic_expected = true;
	enter_syscall(number, cap, tag, words);
	EXPECT_TRUE(machine.panicked);
}

static void provoke_call(word_t cap, word_t label, word_t a, word_t b)
{
	const word_t words[L4_MESSAGE_REGISTERS] = {a, b};
	provoke(L4_SYS_CALL, cap, l4_tag(label, 5), words);
}

static void copy(word_t to)
{
	EXPECT_EQ(L4_OK, call(L4_BOOT_CNODE, L4_OP_CNODE_COPY, to, L4_BOOT_CNODE, ENDPOINT, L4_ALL_RIGHTS));
}

static void provoke_copy(word_t to)
{
	const word_t words[L4_MESSAGE_REGISTERS] = {to, L4_BOOT_CNODE, ENDPOINT, L4_ALL_RIGHTS};
	provoke(L4_SYS_CALL, L4_BOOT_CNODE, l4_tag(L4_OP_CNODE_COPY, 4), words);
}

/* A new thread that waits at the endpoint, in the way of this system call. */
static void waiting_thread(unsigned i, int64_t number)
{
	run_as(make_thread(THREAD(i), PRIORITY));
	enter_syscall(number, ENDPOINT, 0, no_words);
	run_as(root);
}

static void passive_server(void)
{
	EXPECT_EQ(L4_OK, call(L4_BOOT_CNODE, L4_OP_CNODE_COPY, WAY, L4_BOOT_CNODE, ENDPOINT, L4_WRITE));
	make_object(object_untyped, L4_TYPE_REPLY, 0, REPLY);
	struct thread *server = make_thread(THREAD(0), PRIORITY);
	EXPECT_EQ(L4_OK, call(THREAD(0), L4_OP_THREAD_BIND, L4_BIND_REPLY, REPLY));
	run_as(server);
	enter_syscall(L4_SYS_RECV, ENDPOINT, 0, no_words);
	run_as(root);
	EXPECT_EQ(L4_OK, call(THREAD(0), L4_OP_THREAD_BIND, L4_BIND_SCHED_CONTEXT, 0));
}

static void mapped_page(void)
{
	make_object(object_untyped, L4_TYPE_PAGE_TABLE, 0, TABLE(0));
	make_object(object_untyped, L4_TYPE_PAGE_TABLE, 0, TABLE(1));
	make_object(user_untyped, L4_TYPE_FRAME, L4_PAGE_BITS, FRAME);
	for (unsigned i = 0; i < 2; i++)
		EXPECT_EQ(L4_OK, call(TABLE(i), L4_OP_PAGE_TABLE_MAP, L4_BOOT_VSPACE, TEST_VADDR));
	EXPECT_EQ(L4_OK, call(FRAME, L4_OP_FRAME_MAP, L4_BOOT_VSPACE, TEST_VADDR, L4_READ));
}

static void first_of_a_queue_leaves(void)
{
	waiting_thread(0, L4_SYS_SEND);
	waiting_thread(1, L4_SYS_SEND);
	provoke_call(THREAD(0), L4_OP_THREAD_SUSPEND, 0, 0);
}

static void copy_is_made(void)
{
	copy(COPY(0));
	provoke_copy(COPY(1));
}

static void copy_is_deleted(void)
{
	for (unsigned i = 0; i < 3; i++)
		copy(COPY(i));
	provoke_call(L4_BOOT_CNODE, L4_OP_CNODE_DELETE, COPY(1), 0);
}

static void frame_is_unmapped(void)
{
	mapped_page();
	provoke_call(FRAME, L4_OP_FRAME_UNMAP, 0, 0);
}

static void table_is_unmapped(void)
{
	mapped_page();
	provoke_call(TABLE(1), L4_OP_PAGE_TABLE_UNMAP, 0, 0);
}

static void priority_of_a_server_changes(void)
{
	passive_server();
	provoke_call(THREAD(0), L4_OP_THREAD_SET_PRIORITY, L4_BOOT_DOMAIN, PRIORITY - 1);
}

static void thread_becomes_ready(void)
{
	(void)make_thread(THREAD(0), PRIORITY - 1);
	EXPECT_EQ(L4_OK, call(THREAD(0), L4_OP_THREAD_SUSPEND));
	provoke_call(THREAD(0), L4_OP_THREAD_RESUME, 0, 0);
}

static void server_is_called(void)
{
	passive_server();
	provoke(L4_SYS_CALL, WAY, 0, no_words);
}

static void server_is_called_fast(void)
{
	driver_fast = true;
	server_is_called();
}

static void server_answers_fast(void)
{
	passive_server();
	driver_fast = true;
	enter_syscall(L4_SYS_CALL, WAY, 0, no_words);
	provoke(L4_SYS_REPLY_RECV, ENDPOINT, 0, no_words);
}

static const struct {
	const char *mutation;
	void (*provoke)(void);
} mutations[] = {
	{"queue_link", first_of_a_queue_leaves}, {"depth", copy_is_made}, {"sibling", copy_is_made}, {"unlink", copy_is_deleted},
	{"mapping", frame_is_unmapped}, {"table", table_is_unmapped}, {"direct", priority_of_a_server_changes}, {"ready", thread_becomes_ready},
	{"reply", server_is_called}, {"fast_time", server_is_called_fast}, {"fast_queue", server_is_called_fast},
	{"fast_direct", server_is_called_fast}, {"fast_reply", server_answers_fast},
};

TEST(MU0001, "a kernel that leaves out one statement panics at the exit of the entry that did")
{
	unsigned i = 0;
	while (i < sizeof(mutations) / sizeof(*mutations) && strcmp(mutations[i].mutation, mutation) != 0)
		i++;
	EXPECT_TRUE(i < sizeof(mutations) / sizeof(*mutations));
	driver_start();
	driver_checks = false; /* the kernel's own are meant */
	make_object(object_untyped, L4_TYPE_ENDPOINT, 0, ENDPOINT);
	mutations[i].provoke();
}
