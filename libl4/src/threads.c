/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/threads.h>

#include <l4/stubs.h>

struct binding {
	enum l4_bind which;
	l4_cap_t cap;
};

static l4_status_t bind_all(l4_cap_t thread, const struct binding *binding, size_t count)
{
	l4_status_t status = L4_OK;

	for (size_t i = 0; i < count && status == L4_OK; i++)
		if (binding[i].cap)
			status = l4_thread_bind(thread, binding[i].which, binding[i].cap);
	return status;
}

/* The reply object comes last: it is moved, so nothing may fail after it. */
static l4_status_t configure(const struct l4_space *space, const struct l4_thread_config *config, l4_cap_t thread)
{
	const struct binding bindings[] = {
		{L4_BIND_CNODE, config->cnode}, {L4_BIND_VSPACE, space->vspace}, {L4_BIND_DOMAIN, config->domain},
		{L4_BIND_HANDLER, config->handler}, {L4_BIND_TIMEOUT_HANDLER, config->timeout_handler},
		{L4_BIND_NOTIFICATION, config->notification}, {L4_BIND_SCHED_CONTEXT, config->sched_context},
	};
	l4_status_t status = bind_all(thread, bindings, sizeof(bindings) / sizeof(bindings[0]));

	if (status == L4_OK && config->domain)
		status = l4_thread_set_priority(thread, config->domain, config->priority);
	if (status == L4_OK && config->fpu)
		status = l4_thread_set_fpu(thread, 1);
	if (status == L4_OK && config->buffer)
		status = l4_space_map_buffer(space, thread, config->buffer);
	if (status == L4_OK && config->reply)
		status = l4_thread_bind(thread, L4_BIND_REPLY, config->reply);
	return status;
}

l4_status_t l4_thread_new(const struct l4_space *space, const struct l4_thread_config *config, l4_cap_t *thread)
{
	l4_status_t status = l4_object_new(space->objects, L4_TYPE_THREAD, thread);

	if (status != L4_OK)
		return status;
	status = configure(space, config, *thread);
	if (status != L4_OK)
		l4_objects_free(space->objects, *thread);
	return status;
}

l4_status_t l4_sched_context_new(struct l4_objects *objects, l4_cap_t domain, l4_word_t budget, l4_word_t period, l4_cap_t *sched_context)
{
	l4_status_t status = l4_object_new(objects, L4_TYPE_SCHED_CONTEXT, sched_context);

	if (status != L4_OK)
		return status;
	status = l4_sched_context_configure(*sched_context, domain, budget, period);
	if (status != L4_OK)
		l4_objects_free(objects, *sched_context);
	return status;
}
