/* SPDX-License-Identifier: BSD-2-Clause */
#include <kernel/arch.h>
#include <kernel/check.h>
#include <kernel/dispatch.h>
#include <kernel/print.h>

status_t system_halt(struct invocation *inv, const struct system_halt_args *args)
{
	(void)inv;
	/* By these words an end that was meant is told from one that was not, and gives an emulator the same status. */
	print_text("\nbulkhead: the machine ends with status ");
	print_decimal(args->exit_status);
	print_text("\n");
	arch_halt(args->exit_status);
}

status_t system_print(struct invocation *inv, const struct system_print_args *args)
{
	const word_t text[] = {args->text0, args->text1, args->text2, args->text3, args->text4, args->text5};
	(void)inv;
	if (args->length > sizeof(text))
		return L4_INVALID_ARGUMENT;
	for (word_t i = 0; i < args->length; i++)
		arch_putchar(((const char *)text)[i]);
	return L4_OK;
}

status_t system_check(struct invocation *inv)
{
	word_t capabilities = 0;
	status_t status = check_all(&capabilities);
	invocation_result(inv, 0, capabilities);
	return status;
}
