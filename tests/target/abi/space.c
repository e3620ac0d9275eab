/* SPDX-License-Identifier: BSD-2-Clause */
/* Spaces, page tables and frames. */
#include "worker.h"

#include <target.h>

#define RW (L4_READ | L4_WRITE)
#define RX (L4_READ | L4_EXECUTE)
#define WORDS(vaddr) ((volatile l4_word_t *)(vaddr))

static l4_status_t try_map(l4_cap_t frame, l4_word_t vaddr, l4_word_t rights)
{
	return l4_frame_map(frame, L4_SLOT_VSPACE, vaddr, rights, NULL);
}

/* A store by a worker that has no handler: whether it got through. */
static bool can_write(l4_word_t vaddr)
{
	struct worker *worker = new_worker();

	worker->value = 0x5a5a;
	worker_store(worker, vaddr);
	bool result = worker->done == 1;
	delete_cap(worker->thread);
	*worker = (struct worker){0};
	return result;
}

TEST(VS0001, "missing tables are told by their level, from the root down")
{
	l4_cap_t space = new_object(L4_TYPE_VSPACE), frame = new_frame();
	l4_word_t missing;

	for (l4_word_t level = fixture.levels - 1; level-- > 0;) {
		missing = 99;
		EXPECT_STATUS(L4_MISSING_TABLE, l4_frame_map(frame, space, 0x400000, L4_READ, &missing));
		EXPECT_EQ(level, missing);
		EXPECT_OK(l4_page_table_map(new_object(L4_TYPE_PAGE_TABLE), space, 0x400000));
	}
	EXPECT_OK(l4_frame_map(frame, space, 0x400000, L4_READ, NULL));
	EXPECT_STATUS(L4_OCCUPIED, l4_page_table_map(new_object(L4_TYPE_PAGE_TABLE), space, 0x400000));
}

TEST(VS0002, "frame_map: addresses and rights")
{
	l4_cap_t frame = new_frame(), read_only = copy_cap(frame, L4_READ), none = copy_cap(frame, 0);

	EXPECT_STATUS(L4_INVALID_ARGUMENT, try_map(frame, CASE_VADDR + 1, L4_READ));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, try_map(frame, CASE_VADDR + PAGE / 2, L4_READ));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, try_map(frame, fixture.space_end, L4_READ));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, try_map(frame, 0xffffffc000000000, L4_READ));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, try_map(frame, -PAGE, L4_READ));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, try_map(frame, CASE_VADDR, 0));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, try_map(frame, CASE_VADDR, L4_WRITE));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, try_map(frame, CASE_VADDR, L4_WRITE | L4_EXECUTE));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, try_map(frame, CASE_VADDR, RW | L4_EXECUTE)); /* write xor execute */
	EXPECT_STATUS(L4_INVALID_ARGUMENT, try_map(frame, CASE_VADDR, L4_READ | L4_GRANT));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, try_map(frame, CASE_VADDR, L4_READ | 16));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, try_map(frame, CASE_VADDR, ~0UL));
	EXPECT_STATUS(L4_NO_RIGHT, try_map(read_only, CASE_VADDR, RW));
	EXPECT_STATUS(L4_NO_RIGHT, try_map(read_only, CASE_VADDR, RX));
	EXPECT_STATUS(L4_NO_RIGHT, try_map(none, CASE_VADDR, L4_READ));
	EXPECT_STATUS(L4_NO_RIGHT, l4_frame_address(read_only, NULL));
	EXPECT_STATUS(L4_NO_RIGHT, l4_frame_map(frame, copy_cap(L4_SLOT_VSPACE, L4_READ), CASE_VADDR, L4_READ, NULL));
	EXPECT_STATUS(L4_BAD_STATE, l4_frame_unmap(frame));
	EXPECT_STATUS(CAN_HIDE_CODE ? L4_MISSING_TABLE : L4_INVALID_ARGUMENT, try_map(frame, CASE_VADDR, L4_EXECUTE));
	map_frame(L4_SLOT_VSPACE, read_only, CASE_VADDR, L4_READ);
	EXPECT_TRUE(can_read(CASE_VADDR) && !can_write(CASE_VADDR));
}

TEST(VS0003, "one capability maps once; copies map again; the place may be remapped with other rights")
{
	l4_cap_t frame = new_frame(), copy = copy_cap(frame, L4_ALL_RIGHTS), other = new_frame();

	map_frame(L4_SLOT_VSPACE, frame, CASE_VADDR, RW);
	EXPECT_STATUS(L4_BUSY, try_map(frame, CASE_VADDR + PAGE, RW));
	EXPECT_STATUS(L4_BUSY, l4_frame_map(frame, new_object(L4_TYPE_VSPACE), CASE_VADDR, RW, NULL));
	EXPECT_STATUS(L4_OCCUPIED, try_map(other, CASE_VADDR, RW));
	EXPECT_OK(try_map(copy, CASE_VADDR + PAGE, RW));
	WORDS(CASE_VADDR)[5] = 55;
	EXPECT_EQ(55, WORDS(CASE_VADDR + PAGE)[5]);
	EXPECT_TRUE(can_write(CASE_VADDR));
	EXPECT_OK(try_map(frame, CASE_VADDR, L4_READ));
	EXPECT_TRUE(can_read(CASE_VADDR) && !can_write(CASE_VADDR));
	EXPECT_OK(try_map(frame, CASE_VADDR, RW));
	EXPECT_TRUE(can_write(CASE_VADDR));
	EXPECT_OK(l4_frame_unmap(frame));
	EXPECT_TRUE(!can_read(CASE_VADDR) && can_read(CASE_VADDR + PAGE));
	EXPECT_STATUS(L4_BAD_STATE, l4_frame_unmap(frame));
}

TEST(VS0004, "execution needs the right to execute")
{
	l4_cap_t frame = new_frame();

	map_frame(L4_SLOT_VSPACE, frame, CASE_VADDR, RW);
	*(volatile uint32_t *)CASE_VADDR = CODE_RETURN;
	for (int executable = 0; executable < 2; executable++) {
		struct worker *worker = new_worker();

		EXPECT_OK(try_map(frame, CASE_VADDR, executable ? RX : L4_READ));
		worker_jump(worker, CASE_VADDR);
		EXPECT_EQ(executable, worker->done);
	}
}

TEST(VS0005, "large pages: mapped at their level, not over tables, nor tables over them")
{
	l4_cap_t large = new_sized(L4_TYPE_FRAME, 21), small = new_slot();
	l4_word_t missing;

	EXPECT_OK(l4_untyped_retype(fixture.user_memory, L4_TYPE_FRAME, 12, L4_SLOT_CNODE, small, 1));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, try_map(large, CASE_VADDR + PAGE, RW));
	EXPECT_STATUS(L4_MISSING_TABLE, l4_frame_map(large, new_object(L4_TYPE_VSPACE), CASE_VADDR, RW, &missing));
	EXPECT_EQ(fixture.levels - 2, missing);
	make_tables(L4_SLOT_VSPACE, CASE_VADDR + LARGE_PAGE);
	EXPECT_STATUS(L4_OCCUPIED, try_map(large, CASE_VADDR + LARGE_PAGE, RW));
	EXPECT_OK(try_map(large, CASE_VADDR, RW));
	for (l4_word_t offset = 0; offset < LARGE_PAGE; offset += PAGE) {
		EXPECT_EQ(0, *WORDS(CASE_VADDR + offset));
		*WORDS(CASE_VADDR + offset) = offset;
	}
	EXPECT_EQ(PAGE, *WORDS(CASE_VADDR + PAGE));
	EXPECT_STATUS(L4_OCCUPIED, try_map(small, CASE_VADDR + 4 * PAGE, RW));
	EXPECT_STATUS(L4_OCCUPIED, l4_page_table_map(new_object(L4_TYPE_PAGE_TABLE), L4_SLOT_VSPACE, CASE_VADDR));
	delete_cap(large);
	EXPECT_TRUE(!can_read(CASE_VADDR) && !can_read(CASE_VADDR + LARGE_PAGE - 8));
}

TEST(VS0006, "a frame that is revoked is gone from everywhere, at once")
{
	l4_cap_t frame = new_frame(), near = copy_cap(frame, RW), far = copy_cap(frame, RW);
	struct worker *remote = new_remote(WORKER_PRIORITY);
	l4_cap_t space = remote_space(remote);

	map_frame(L4_SLOT_VSPACE, near, CASE_VADDR, RW);
	map_frame(L4_SLOT_VSPACE, copy_cap(near, L4_READ), CASE_VADDR + PAGE, L4_READ);
	map_frame(space, far, 0x20000000, RW);
	*WORDS(CASE_VADDR) = 1;
	EXPECT_TRUE(can_read(CASE_VADDR) && can_read(CASE_VADDR + PAGE));
	revoke_cap(frame);
	EXPECT_TRUE(!can_read(CASE_VADDR) && !can_read(CASE_VADDR + PAGE));
	EXPECT_OK(l4_frame_map(frame, space, 0x20000000, RW, NULL)); /* the place is free again */
	EXPECT_OK(try_map(copy_cap(frame, RW), CASE_VADDR, RW));
	EXPECT_EQ(1, *WORDS(CASE_VADDR));
}

TEST(VS0007, "memory reused after revocation: the old mapping does not show it")
{
	l4_cap_t untyped = new_slot(), frame = new_slot();

	EXPECT_OK(l4_untyped_retype(fixture.user_memory, L4_TYPE_UNTYPED, 12, L4_SLOT_CNODE, untyped, 1));
	for (int i = 0; i < 5; i++) {
		EXPECT_OK(l4_untyped_retype(untyped, L4_TYPE_FRAME, 12, L4_SLOT_CNODE, frame, 1));
		map_frame(L4_SLOT_VSPACE, frame, CASE_VADDR + (l4_word_t)i * PAGE, RW);
		EXPECT_EQ(0, *WORDS(CASE_VADDR + (l4_word_t)i * PAGE));
		*WORDS(CASE_VADDR + (l4_word_t)i * PAGE) = 0xdead;
		revoke_cap(untyped);
		for (int j = 0; j <= i; j++)
			EXPECT_TRUE(!can_read(CASE_VADDR + (l4_word_t)j * PAGE));
	}
}

TEST(VS0008, "page_table_map: errors")
{
	l4_cap_t table = new_object(L4_TYPE_PAGE_TABLE);

	EXPECT_STATUS(L4_BAD_STATE, l4_page_table_unmap(table));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_page_table_map(table, L4_SLOT_VSPACE, fixture.space_end));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_page_table_map(table, L4_SLOT_VSPACE, 0xffffffff80000000));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_page_table_map(table, L4_SLOT_VSPACE, ~0UL));
	EXPECT_STATUS(L4_OCCUPIED, l4_page_table_map(table, L4_SLOT_VSPACE, (l4_word_t)&fixture)); /* all tables are there */
	EXPECT_OK(l4_page_table_map(table, L4_SLOT_VSPACE, CASE_VADDR + 0x123456)); /* any address below it */
	EXPECT_STATUS(L4_BUSY, l4_page_table_map(table, L4_SLOT_VSPACE, CASE_VADDR));
	EXPECT_STATUS(L4_BUSY, l4_page_table_map(table, new_object(L4_TYPE_VSPACE), CASE_VADDR));
	EXPECT_OK(l4_page_table_unmap(table));
	EXPECT_STATUS(L4_BAD_STATE, l4_page_table_unmap(table));
}

TEST(VS0009, "with a table all that was mapped through it goes; it comes back empty")
{
	l4_cap_t frame = new_frame(), table;
	l4_word_t vaddr = CASE_VADDR;

	make_tables(L4_SLOT_VSPACE, vaddr + LARGE_PAGE); /* the upper levels */
	table = new_object(L4_TYPE_PAGE_TABLE);
	EXPECT_OK(l4_page_table_map(table, L4_SLOT_VSPACE, vaddr));
	EXPECT_OK(try_map(frame, vaddr, RW));
	*WORDS(vaddr) = 4;
	EXPECT_TRUE(can_read(vaddr));
	EXPECT_OK(l4_page_table_unmap(table));
	EXPECT_TRUE(!can_read(vaddr));
	EXPECT_OK(l4_page_table_map(table, L4_SLOT_VSPACE, vaddr));
	EXPECT_TRUE(!can_read(vaddr));
	EXPECT_OK(try_map(frame, vaddr, L4_READ)); /* the capability remembers, the same place is no conflict */
	EXPECT_EQ(4, *WORDS(vaddr));
	delete_cap(table);
	EXPECT_TRUE(!can_read(vaddr));
	EXPECT_OK(l4_frame_unmap(frame));
}

TEST(VS0010, "two frames that remember the same place after its table went: neither undoes or widens the other's mapping")
{
	l4_cap_t frame = new_frame(), weak = copy_cap(frame, L4_READ), strong = copy_cap(frame, RW), other = new_frame(), table;

	make_tables(L4_SLOT_VSPACE, CASE_VADDR + LARGE_PAGE);
	table = new_object(L4_TYPE_PAGE_TABLE);
	EXPECT_OK(l4_page_table_map(table, L4_SLOT_VSPACE, CASE_VADDR));
	EXPECT_OK(try_map(weak, CASE_VADDR, L4_READ));
	EXPECT_OK(l4_page_table_unmap(table));
	EXPECT_OK(l4_page_table_map(table, L4_SLOT_VSPACE, CASE_VADDR));
	EXPECT_OK(try_map(strong, CASE_VADDR, RW)); /* the same frame, at the place that `weak` remembers, with more rights */
	check_kernel();
	EXPECT_TRUE(can_write(CASE_VADDR));
	EXPECT_OK(l4_frame_unmap(strong));
	EXPECT_OK(try_map(other, CASE_VADDR, RW));
	delete_cap(weak);
	delete_cap(strong);
	EXPECT_TRUE(can_write(CASE_VADDR));
}

TEST(VS0011, "a table that is unmapped with tables below it, and those destroyed afterwards")
{
	l4_cap_t space = new_object(L4_TYPE_VSPACE), table[4], frame = new_frame();
	l4_word_t count = fixture.levels - 1;

	for (l4_word_t i = 0; i < count; i++) {
		table[i] = new_object(L4_TYPE_PAGE_TABLE);
		EXPECT_OK(l4_page_table_map(table[i], space, 0x400000));
	}
	EXPECT_OK(l4_frame_map(frame, space, 0x400000, RW, NULL));
	EXPECT_OK(l4_page_table_unmap(table[0]));
	delete_cap(table[count - 1]);
	EXPECT_OK(l4_page_table_map(table[0], space, 0x400000));
	EXPECT_STATUS(L4_MISSING_TABLE, l4_frame_map(frame, space, 0x400000, RW, NULL));
	EXPECT_OK(l4_page_table_map(new_object(L4_TYPE_PAGE_TABLE), space, 0x400000));
	delete_cap(frame);
}

TEST(VS0012, "a space destroyed: mappings are void, its memory can become another space, old capabilities do not reach into it")
{
	l4_cap_t untyped = new_sized(L4_TYPE_UNTYPED, 13), space = new_slot(), frame[3], table[3];

	for (int i = 0; i < 3; i++) {
		frame[i] = new_frame();
		EXPECT_OK(l4_untyped_retype(untyped, L4_TYPE_VSPACE, 0, L4_SLOT_CNODE, space, 1));
		for (l4_word_t level = 0; level + 1 < fixture.levels; level++) {
			table[i] = new_object(L4_TYPE_PAGE_TABLE);
			EXPECT_OK(l4_page_table_map(table[i], space, 0x400000));
		}
		EXPECT_OK(l4_frame_map(frame[i], space, 0x400000, RW, NULL));
		for (int j = 0; j < i; j++) {
			EXPECT_STATUS(L4_BAD_STATE, l4_frame_unmap(frame[j]));
			EXPECT_STATUS(L4_BAD_STATE, l4_page_table_unmap(table[j]));
		}
		delete_cap(space);
		EXPECT_EQ(0, used_of(untyped));
	}
}

TEST(VS0013, "destroying the space of running and of waiting threads stops them")
{
	l4_cap_t endpoint = new_object(L4_TYPE_ENDPOINT);
	struct worker *waiting = new_remote(WORKER_PRIORITY), *ready = new_remote(MAIN_PRIORITY - 1);
	struct l4_registers m = {{0}};

	remote_syscall(waiting, L4_SYS_RECV, endpoint, 0);
	remote_syscall(ready, L4_SYS_RECV, endpoint, 0);
	EXPECT_STATE(L4_THREAD_RECEIVING, waiting);
	delete_cap(remote_space(waiting));
	delete_cap(remote_space(ready));
	EXPECT_OK(l4_send(endpoint, 0, &m).status); /* the message arrives; who took it cannot run */
	EXPECT_STATE(L4_THREAD_READY, waiting);
	EXPECT_EQ(0, waiting->done);
	sleep_microseconds(500);
	EXPECT_EQ(0, ready->done);
}

TEST(VS0014, "many spaces: identifiers are shared out, nobody sees another's memory")
{
	l4_cap_t notification = new_object(L4_TYPE_NOTIFICATION);
	struct worker *remote[24];

	for (int i = 0; i < 24; i++)
		remote[i] = new_remote(WORKER_PRIORITY);
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < 24; i++) {
			remote_syscall(remote[i], L4_SYS_SEND, notification, 0);
			EXPECT_DONE(L4_OK, remote[i]);
		}
	}
}

TEST(VS0015, "a thread killed by its own space's end in the middle of a call between spaces")
{
	l4_cap_t endpoint = new_object(L4_TYPE_ENDPOINT);
	struct worker *server = new_server(endpoint), *client = new_remote(WORKER_PRIORITY);

	remote_syscall(client, L4_SYS_CALL, endpoint, 0);
	EXPECT_STATE(L4_THREAD_WAITING_REPLY, client);
	delete_cap(remote_space(client));
	worker_reply_recv(server, endpoint, 0);
	EXPECT_STATE(L4_THREAD_RECEIVING, server);
	EXPECT_STATE(L4_THREAD_READY, client);
	EXPECT_EQ(0, client->done);
}

TEST(VS0016, "the last page of a process, and frames of a gigabyte where the machine has none to give, or the processor no such pages")
{
	l4_cap_t frame = new_frame();

	map_frame(L4_SLOT_VSPACE, frame, fixture.space_end - PAGE, RW);
	*WORDS(fixture.space_end - 8) = 3;
	EXPECT_EQ(3, *WORDS(fixture.space_end - 8));
	EXPECT_TRUE(!can_read(fixture.space_end));
	EXPECT_STATUS(has_gigapages() ? L4_OUT_OF_MEMORY : L4_INVALID_ARGUMENT, l4_untyped_retype(fixture.user_memory, L4_TYPE_FRAME, 30, L4_SLOT_CNODE, new_slot(), 1));
}

TEST(VS0017, "frame_address tells where it lies, page by page")
{
	l4_cap_t frames = new_slots(4);
	l4_word_t first, next;

	EXPECT_OK(l4_untyped_retype(fixture.user_memory, L4_TYPE_FRAME, 12, L4_SLOT_CNODE, frames, 4));
	EXPECT_OK(l4_frame_address(frames, &first));
	for (l4_word_t i = 1; i < 4; i++) {
		EXPECT_OK(l4_frame_address(frames + i, &next));
		EXPECT_EQ(first + i * PAGE, next);
	}
}
