/* SPDX-License-Identifier: BSD-2-Clause */
/* Finding nodes of a flattened device tree. */
#include <l4/fdt.h>

#include <string.h>

/* Does the node's name match a path's component of `length` bytes? Without "@" in the component any unit address does. */
static bool name_matches(const char *name, const char *component, size_t length)
{
	if (strncmp(name, component, length) != 0)
		return false;
	return name[length] == 0 || (name[length] == '@' && !memchr(component, '@', length));
}

static l4_fdt_node find_child(const struct l4_fdt *fdt, l4_fdt_node node, const char *component, size_t length)
{
	l4_fdt_node child = l4_fdt_child(fdt, node);

	while (child != L4_FDT_NONE && !name_matches(l4_fdt_name(fdt, child), component, length))
		child = l4_fdt_sibling(fdt, child);
	return child;
}

l4_fdt_node l4_fdt_find(const struct l4_fdt *fdt, const char *path)
{
	l4_fdt_node node = l4_fdt_root(fdt);

	while (node != L4_FDT_NONE) {
		size_t length;

		path += strspn(path, "/");
		length = strcspn(path, "/");
		if (length == 0)
			return node;
		node = find_child(fdt, node, path, length);
		path += length;
	}
	return L4_FDT_NONE;
}

l4_fdt_node l4_fdt_find_compatible(const struct l4_fdt *fdt, l4_fdt_node after, const char *compatible)
{
	l4_fdt_node node = after == L4_FDT_NONE ? l4_fdt_root(fdt) : l4_fdt_next(fdt, after);

	for (; node != L4_FDT_NONE; node = l4_fdt_next(fdt, node)) {
		struct l4_fdt_property property;

		if (l4_fdt_property(fdt, node, "compatible", &property) && l4_fdt_string_list_has(&property, compatible))
			return node;
	}
	return L4_FDT_NONE;
}
