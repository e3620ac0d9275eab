/* SPDX-License-Identifier: BSD-2-Clause */
/* The server loop: faults of the program, and its calls. */
#include <string.h>

#include <l4/abi/fault.h>
#include <l4/startup.h>
#include <l4/stubs.h>
#include <servers/monitor.h>

#include "pager.h"

#define PAGE_SIZE (1UL << L4_PAGE_BITS)

static struct client client;
static l4_cap_t monitor;

static const struct pager_region *region_of(l4_word_t vaddr)
{
	for (l4_word_t i = 0; i < client.region_count; i++) {
		const struct pager_region *region = &client.region[i];
		if (vaddr >= region->vaddr && (vaddr - region->vaddr) / PAGE_SIZE < region->pages)
			return region;
	}
	return NULL;
}

static l4_cap_t template_of(const struct pager_region *region, l4_word_t vaddr)
{
	return region->template + (vaddr - region->vaddr) / PAGE_SIZE;
}

/* Maps a frame for the program and remembers it. */
static bool put(l4_word_t vaddr, l4_cap_t frame, l4_word_t rights, bool is_own)
{
	struct resident *resident = resident_add(vaddr, frame, is_own);
	if (!resident)
		return false;
	if (l4_space_map(&client.space, frame, vaddr, rights) == L4_OK)
		return true;
	resident_remove(resident);
	return false;
}

/* A page of the quota, with the template's contents where there is one. */
static bool put_own(const struct pager_region *region, l4_word_t vaddr)
{
	l4_cap_t frame = memory_page_new();
	if (!frame)
		return false;
	bool filled = region->kind != PAGER_COPY || memory_copy_page(frame, template_of(region, vaddr));
	if (filled && put(vaddr, frame, region->rights, true))
		return true;
	memory_page_free(frame);
	return false;
}

static bool put_template(const struct pager_region *region, l4_word_t vaddr)
{
	return put(vaddr, template_of(region, vaddr), region->rights & ~(l4_word_t)L4_WRITE, false);
}

/* The first write to a page of which the program has only seen the template. */
static bool copy_on_write(const struct pager_region *region, l4_word_t vaddr, struct resident *resident)
{
	l4_cap_t template = resident->frame;
	if (l4_frame_unmap(template) != L4_OK)
		return false;
	resident_remove(resident);
	return put_own(region, vaddr);
}

static bool provide(const struct pager_region *region, l4_word_t vaddr, l4_word_t access)
{
	struct resident *resident = resident_find(vaddr);
	if (resident)
		return region->kind == PAGER_COPY && access == L4_WRITE && !resident->is_own && copy_on_write(region, vaddr, resident);
	if (region->kind == PAGER_ZERO || (region->kind == PAGER_COPY && access == L4_WRITE))
		return put_own(region, vaddr);
	return put_template(region, vaddr);
}

/* Gives the reason why the fault cannot be answered with memory, or -1: it was. */
static int page_fault(l4_word_t address, l4_word_t access)
{
	const struct pager_region *region = region_of(address);
	if (!region)
		return MONITOR_FAULT_UNMAPPED;
	if (region->kind == PAGER_GUARD)
		return MONITOR_FAULT_GUARD;
	if (!(region->rights & access))
		return MONITOR_FAULT_PROTECTED;
	return provide(region, address & -PAGE_SIZE, access) ? -1 : MONITOR_FAULT_QUOTA;
}

/* Not answered where the partition ends: then neither is the fault. */
static void tell_monitor(l4_word_t label, const struct l4_registers *fault, int reason)
{
	struct l4_registers m = {{
		[MONITOR_FAULT_LABEL] = label,
		[MONITOR_FAULT_ADDRESS] = fault->word[L4_FAULT_ADDRESS],
		[MONITOR_FAULT_PC] = fault->word[L4_FAULT_PC],
		[MONITOR_FAULT_ACCESS] = fault->word[L4_FAULT_RIGHT],
		[MONITOR_FAULT_CAUSE] = fault->word[L4_FAULT_CAUSE],
		[MONITOR_FAULT_REASON] = (l4_word_t)reason,
	}};
	l4_call(monitor, l4_tag(MONITOR_CLIENT_FAULT, MONITOR_FAULT_LENGTH), &m);
}

static void fault(l4_word_t label, const struct l4_registers *m)
{
	int reason = MONITOR_FAULT_OTHER;
	if (label == L4_FAULT_PAGE)
		reason = page_fault(m->word[L4_FAULT_ADDRESS], m->word[L4_FAULT_RIGHT]);
	if (reason >= 0)
		tell_monitor(label, m, reason);
}

static void discard_page(l4_word_t vaddr)
{
	struct resident *resident = resident_find(vaddr);
	if (!resident)
		return;
	l4_frame_unmap(resident->frame);
	if (resident->is_own)
		memory_page_free(resident->frame);
	resident_remove(resident);
}

/* At most one region's pages at a time: the loop is bounded by the quota of what can be resident, not by a number the program makes up. */
static l4_word_t discard(l4_word_t vaddr, l4_word_t pages)
{
	const struct pager_region *region = region_of(vaddr);
	if (!region || vaddr % PAGE_SIZE != 0 || pages > region->pages - (vaddr - region->vaddr) / PAGE_SIZE)
		return PAGER_REFUSED;
	for (l4_word_t i = 0; i < pages; i++)
		discard_page(vaddr + i * PAGE_SIZE);
	return PAGER_OK;
}

/* Answers in m; gives the tag. */
static l4_word_t program_call(l4_word_t label, struct l4_registers *m)
{
	if (label == PAGER_DISCARD)
		return l4_tag(discard(m->word[0], m->word[1]), 0);
	if (label != PAGER_USE)
		return l4_tag(PAGER_REFUSED, 0);
	m->word[0] = memory_pages_used();
	m->word[1] = memory_quota();
	return l4_tag(PAGER_OK, 2);
}

static void serve(l4_cap_t endpoint)
{
	struct l4_registers m;
	struct l4_result result = l4_recv(endpoint, &m);
	for (;;) {
		l4_word_t answer = 0;
		if (result.status == L4_OK && result.badge == PAGER_BADGE_FAULT)
			fault(l4_tag_label(result.tag), &m);
		else if (result.status == L4_OK && result.badge == PAGER_BADGE_CALL)
			answer = program_call(l4_tag_label(result.tag), &m);
		result = l4_reply_recv(endpoint, answer, &m);
	}
}

int main(void)
{
	memory_init();
	client.space = l4_space_of(l4_startup_cap("client"), memory_objects());
	client.region = (const struct pager_region *)l4_startup_value("regions");
	client.region_count = l4_startup_value("region_count");
	monitor = l4_startup_cap("monitor");
	serve(l4_startup_cap("endpoint"));
	return 0;
}
