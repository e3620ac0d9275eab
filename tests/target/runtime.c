/* SPDX-License-Identifier: BSD-2-Clause */
/* libl4's own parts over the real kernel. */
#include "suite.h"

#include <kernel/elf.h>
#include <string.h>

#include <l4/arch/stop.h>
#include <l4/console_client.h>
#include <l4/ipc.h>
#include <l4/loader.h>
#include <l4/registers.h>
#include <l4/ring.h>
#include <l4/startup.h>
#include <l4/stubs.h>

#define PAGE 4096UL

TEST(RT0001, "new memory is mapped, cleared and writable, in pages of all sizes together")
{
	l4_word_t vaddr = suite_vaddr(4UL << 20) + (1UL << 21) - PAGE, size = (1UL << 21) + 3 * PAGE;
	struct l4_pages pages;
	volatile l4_word_t *word = (volatile l4_word_t *)vaddr;

	EXPECT_OK(l4_pages_new(&suite_objects, vaddr, size, &pages));
	EXPECT_EQ(3, pages.runs);
	EXPECT_OK(l4_pages_map(&pages, &suite_space, vaddr, L4_READ | L4_WRITE));
	for (l4_word_t i = 0; i < size / sizeof(*word); i += PAGE / 64) {
		EXPECT_EQ(0, word[i]);
		word[i] = i;
	}
	for (l4_word_t i = 0; i < size / sizeof(*word); i += PAGE / 64)
		EXPECT_EQ(i, word[i]);
	EXPECT_OK(l4_pages_unmap(&pages));
	EXPECT_OK(l4_pages_free(&pages, &suite_objects));
}

TEST(RT0002, "memory freed and made anew holds nothing of before")
{
	l4_word_t vaddr = suite_vaddr(PAGE);
	volatile char *byte = (volatile char *)vaddr;

	for (int i = 0; i < 3; i++) {
		struct l4_pages pages;

		EXPECT_OK(l4_pages_new(&suite_objects, vaddr, PAGE, &pages));
		EXPECT_OK(l4_pages_map(&pages, &suite_space, vaddr, L4_READ | L4_WRITE));
		EXPECT_EQ(0, byte[99]);
		byte[99] = 1;
		EXPECT_OK(l4_pages_free(&pages, &suite_objects));
	}
}

/* A page of the own code, loaded into another space, runs there and stops with its argument. */
static __attribute__((noinline, noreturn, used)) void stop_with(long status)
{
	l4_arch_stop(status);
}

/* Starts stop_with in `space`, and expects its breakpoint at `handler`. */
static void expect_stop(const struct l4_space *space, long status)
{
	l4_cap_t handler = suite_object(L4_TYPE_ENDPOINT), thread = 0;
	struct l4_thread_config config = {.cnode = L4_SLOT_CNODE, .domain = suite_cap("domain"), .handler = handler, .priority = SUITE_PRIORITY};
	l4_word_t registers[L4_REGISTERS_COUNT];
	struct l4_registers m;
	struct l4_result result;

	EXPECT_OK(l4_thread_bind(L4_SLOT_THREAD, L4_BIND_REPLY, suite_object(L4_TYPE_REPLY)));
	EXPECT_OK(l4_sched_context_new(&suite_objects, config.domain, 100000, 100000, &config.sched_context));
	EXPECT_OK(l4_thread_new(space, &config, &thread));
	EXPECT_OK(l4_thread_start(thread, (l4_word_t)stop_with, 0, (l4_word_t)status, 0));
	result = l4_recv(handler, &m);
	EXPECT_OK(result.status);
	EXPECT_EQ(L4_FAULT_BREAKPOINT, l4_tag_label(result.tag));
	EXPECT_OK(l4_thread_read_registers(thread, registers, L4_REGISTERS_COUNT));
	EXPECT_EQ(m.word[1], registers[0]);
	bool found = false;
	for (int i = 1; i < L4_REGISTERS_COUNT; i++)
		found |= registers[i] == (l4_word_t)status;
	EXPECT_TRUE(found);
}

static l4_word_t code_page(void)
{
	return (l4_word_t)stop_with & ~(PAGE - 1);
}

TEST(RT0003, "bytes loaded into another space are code that runs there")
{
	struct l4_window window = {suite_space, suite_vaddr(PAGE)};
	struct l4_space space;

	EXPECT_OK(l4_space_new(&space, L4_TYPE_VSPACE, &suite_objects));
	EXPECT_OK(l4_load_bytes(&window, &space, code_page(), (const void *)code_page(), 2 * PAGE, 2 * PAGE, L4_READ | L4_EXECUTE));
	expect_stop(&space, 0x1234567);
}

static void make_elf(uint8_t *image, uint32_t flags)
{
	Elf64_Ehdr header = {
		.e_ident = {0x7f, 'E', 'L', 'F', 2, 1, 1}, .e_type = 2, .e_machine = L4_ELF_RISCV,
		.e_phoff = sizeof(header), .e_phentsize = sizeof(Elf64_Phdr), .e_phnum = 1,
	};
	Elf64_Phdr segment = {
		.p_type = PT_LOAD, .p_flags = flags, .p_offset = PAGE, .p_vaddr = code_page(), .p_filesz = 2 * PAGE, .p_memsz = 5 * PAGE + 1,
	};

	memcpy(image, &header, sizeof(header));
	memcpy(image + sizeof(header), &segment, sizeof(segment));
	memcpy(image + PAGE, (const void *)code_page(), 2 * PAGE);
}

TEST(RT0004, "an ELF file is loaded with its segments' rights; writable code is refused")
{
	struct l4_window window = {suite_space, suite_vaddr(PAGE)};
	uint8_t *image = suite_memory(4 * PAGE);
	struct l4_space space;
	struct l4_elf elf;

	make_elf(image, PF_R | PF_X);
	EXPECT_EQ(L4_ELF_OK, l4_elf_open(&elf, image, 3 * PAGE, L4_ELF_RISCV));
	EXPECT_OK(l4_space_new(&space, L4_TYPE_VSPACE, &suite_objects));
	EXPECT_OK(l4_load_elf(&window, &space, &elf));
	expect_stop(&space, 0x7654321);
	make_elf(image, PF_R | PF_W | PF_X);
	EXPECT_EQ(L4_ELF_OK, l4_elf_open(&elf, image, 3 * PAGE, L4_ELF_RISCV));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_load_elf(&window, &space, &elf));
}

/* A stream between two threads over a ring, with a notification each way. */
#define STREAM 50000

struct stream {
	struct l4_ring ring;
	l4_cap_t own, other;
	uint32_t wrong;
};

static void produce(void *argument)
{
	struct stream *stream = argument;
	uint8_t piece[97];

	for (uint32_t sent = 0; sent < STREAM;) {
		uint32_t size = STREAM - sent < sizeof(piece) ? STREAM - sent : (uint32_t)sizeof(piece), pushed;
		bool signal;

		for (uint32_t i = 0; i < size; i++)
			piece[i] = (uint8_t)(sent + i);
		pushed = l4_ring_push(&stream->ring, piece, size, &signal);
		if (signal)
			l4_signal(stream->other);
		if (pushed == 0)
			l4_wait(stream->own);
		sent += pushed;
	}
}

static void consume(void *argument)
{
	struct stream *stream = argument;
	uint8_t piece[61];

	for (uint32_t received = 0; received < STREAM;) {
		bool signal;
		uint32_t popped = l4_ring_pop(&stream->ring, piece, sizeof(piece), &signal);

		if (signal)
			l4_signal(stream->other);
		if (popped == 0)
			l4_wait(stream->own);
		for (uint32_t i = 0; i < popped; i++)
			stream->wrong += piece[i] != (uint8_t)(received + i);
		received += popped;
	}
}

static void run_stream(l4_word_t producer_priority, l4_word_t consumer_priority)
{
	void *memory = suite_memory(PAGE);
	struct stream producer = {.own = suite_object(L4_TYPE_NOTIFICATION)}, consumer = {.own = suite_object(L4_TYPE_NOTIFICATION)};
	l4_cap_t threads[2];

	producer.other = consumer.own;
	consumer.other = producer.own;
	l4_ring_join(&producer.ring, memory, PAGE, 1);
	l4_ring_join(&consumer.ring, memory, PAGE, 1);
	threads[0] = suite_start(producer_priority, produce, &producer);
	threads[1] = suite_start(consumer_priority, consume, &consumer);
	suite_join(threads[0]);
	suite_join(threads[1]);
	EXPECT_EQ(0, consumer.wrong);
}

TEST(RT0005, "a stream over a ring arrives whole, whichever side has the higher priority")
{
	run_stream(SUITE_PRIORITY - 1, SUITE_PRIORITY - 1);
	run_stream(SUITE_PRIORITY - 1, SUITE_PRIORITY - 2);
	run_stream(SUITE_PRIORITY - 2, SUITE_PRIORITY - 1);
}

/* The console's side of a channel: sends everything back that comes. */
#define ECHOED 20000

struct console_end {
	struct l4_ring from_client, to_client;
	l4_cap_t own, client;
};

static void push_all(struct console_end *end, const uint8_t *bytes, uint32_t count)
{
	while (count > 0) {
		bool signal;
		uint32_t pushed = l4_ring_push(&end->to_client, bytes, count, &signal);

		if (signal)
			l4_signal(end->client);
		if (pushed == 0)
			l4_wait(end->own);
		bytes += pushed;
		count -= pushed;
	}
}

static void serve_console(void *argument)
{
	struct console_end *end = argument;

	for (uint32_t served = 0; served < ECHOED;) {
		uint8_t bytes[80];
		bool signal;
		uint32_t popped = l4_ring_pop(&end->from_client, bytes, sizeof(bytes), &signal);

		if (signal)
			l4_signal(end->client);
		if (popped == 0)
			l4_wait(end->own);
		push_all(end, bytes, popped);
		served += popped;
	}
}

static void run_console(l4_word_t server_priority)
{
	void *output = suite_memory(PAGE), *input = suite_memory(PAGE);
	struct l4_console console = {.server = suite_object(L4_TYPE_NOTIFICATION), .wait = suite_object(L4_TYPE_NOTIFICATION)};
	struct console_end end = {.own = console.server, .client = console.wait};
	char text[1500], back[1500];

	l4_ring_join(&console.output, output, PAGE, 1);
	l4_ring_join(&console.input, input, PAGE, 1);
	end.from_client = console.output;
	end.to_client = console.input;
	suite_start(server_priority, serve_console, &end);
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)(i * 7);
	EXPECT_EQ(0, l4_console_poll(&console, back, sizeof(back)));
	for (size_t sent = 0; sent < ECHOED;) {
		size_t size = ECHOED - sent < sizeof(text) ? ECHOED - sent : sizeof(text);

		l4_console_write(&console, text, size);
		for (size_t got = 0; got < size;)
			got += l4_console_read(&console, back + got, size - got);
		EXPECT_EQ(0, memcmp(text, back, size));
		sent += size;
	}
}

TEST(RT0006, "the console's client writes and reads through rings smaller than its text")
{
	run_console(SUITE_PRIORITY + 1);
	run_console(SUITE_PRIORITY);
	run_console(SUITE_PRIORITY - 1);
}

/* A server that answers with what it got, word by word, until word 0 is 0. */
static void echo(void *argument)
{
	l4_cap_t endpoint = *(l4_cap_t *)argument;
	struct l4_registers m;
	struct l4_result result = l4_recv(endpoint, &m);

	while (result.status == L4_OK && m.word[0] != 0)
		result = l4_reply_recv(endpoint, l4_tag(0, l4_tag_length(result.tag)), &m);
	l4_reply_recv(endpoint, l4_tag(0, 1), &m);
}

TEST(RT0007, "a message of 64 words is echoed through the IPC buffers")
{
	l4_cap_t endpoint = suite_object(L4_TYPE_ENDPOINT);
	struct l4_registers m = {{0}};
	struct l4_result result;

	suite_start(SUITE_PRIORITY + 1, echo, &endpoint);
	for (unsigned int i = 0; i < L4_MESSAGE_WORDS; i++) {
		if (i < L4_MESSAGE_REGISTERS)
			m.word[i] = i + 1;
		else
			l4_ipc_buffer->message[i] = i + 1;
	}
	result = l4_call(endpoint, l4_tag(0, L4_MESSAGE_WORDS), &m);
	EXPECT_OK(result.status);
	EXPECT_EQ(L4_MESSAGE_WORDS, l4_tag_length(result.tag));
	for (unsigned int i = 0; i < L4_MESSAGE_WORDS; i++)
		EXPECT_EQ(i + 1, i < L4_MESSAGE_REGISTERS ? m.word[i] : l4_ipc_buffer->message[i]);
}

TEST(RT0008, "the startup block is as its creator wrote it")
{
	const struct l4_startup *block = l4_startup();
	l4_word_t value = 1;

	EXPECT_TRUE(block && !l4_bootinfo());
	EXPECT_EQ(L4_STARTUP_MAGIC, block->magic);
	EXPECT_EQ(L4_SLOT_THREAD, l4_startup_cap("thread"));
	EXPECT_TRUE(!l4_startup_find("no such name", &value) && value == 1);
	EXPECT_EQ(0, l4_startup_value("no such name"));
}

TEST(RT0009, "a block under construction takes what fits and refuses the rest")
{
	static struct l4_startup block;
	unsigned int added = 0;

	l4_startup_init(&block);
	EXPECT_TRUE(l4_startup_add(&block, "12345678901234567890123", 5));
	EXPECT_TRUE(!l4_startup_add(&block, "123456789012345678901234", 5));
	while (l4_startup_add(&block, "name", 1))
		added++;
	EXPECT_EQ(L4_STARTUP_ENTRIES - 1, added);
	for (added = 0; l4_startup_add_argument(&block, "argument");)
		added++;
	EXPECT_EQ(L4_STARTUP_ARGUMENTS, added);
}
