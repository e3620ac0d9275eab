#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Makes the shared constants, the user's stubs, the kernel's dispatch and the manual from libl4/abi/abi.toml."""

import argparse
import pathlib
import sys
import tomllib

HEAD = "/* SPDX-License-Identifier: BSD-2-Clause */\n/* Made by tools/abigen.py from libl4/abi/abi.toml; do not edit. */\n"
RIGHTS = {"R": 1, "W": 2, "G": 4, "X": 8}
REGISTERS = 8


class Argument:
    """One argument of an operation: `name`, and a capability's type and rights where it names a slot."""

    def __init__(self, name, kind):
        self.array = name.endswith("...")
        self.name = name.removesuffix("...")
        parts = kind.split(":")
        self.is_slot = parts[0] in ("slot", "slot?")
        self.optional = parts[0] == "slot?"
        self.type = parts[1] if self.is_slot else None
        self.rights = parts[2] if self.is_slot else ""


class Operation:
    def __init__(self, obj, spec, number):
        self.object, self.spec, self.number = obj, spec, number
        self.name = spec["name"]
        self.args = [Argument(*a) for a in spec.get("args", [])]
        self.results = spec.get("results", [])
        if len(self.args) > REGISTERS or len(self.results) > REGISTERS:
            sys.exit(f"abi: {self.function}: more than {REGISTERS} words do not fit in registers")

    @property
    def function(self):
        return f"{self.object}_{self.name}"

    @property
    def plain_args(self):
        return [a for a in self.args if not a.array]

    @property
    def has_array(self):
        return any(a.array for a in self.args) or any(r.endswith("...") for r in self.results)


def operations(abi):
    return [Operation(o["name"], spec, i + 1) for o in abi["object"] for i, spec in enumerate(o.get("op", []))]


def rights_mask(text):
    return sum(RIGHTS[c] for c in text)


def enum(name, prefix, items, doc):
    rows = "".join(f"\t{prefix}{n.upper()} = {v}, /* {d} */\n" if d else f"\t{prefix}{n.upper()} = {v},\n" for n, v, d in items)
    return f"\n/* {doc} */\nenum {name} {{\n{rows}}};\n"


def tag_field(tag):
    """The constant by which a field of tags is reached: a bit, the mask of a field at the bottom, where one at the top begins."""
    low, high = tag["low"], tag.get("high", tag["low"])
    if low == high:
        return f"L4_TAG_{tag['name']}", f"{1 << low:#x}UL"
    return (f"L4_TAG_{tag['name']}_MASK", f"{(2 << high) - 1:#x}UL") if low == 0 else (f"L4_TAG_{tag['name']}_SHIFT", low)


def shared_header(abi):
    out = HEAD + "#pragma once\n"
    out += enum("l4_syscall", "L4_SYS_", [(c["name"], c["number"], c["doc"]) for c in abi["syscall"]], "Numbers of system calls.")
    for tag in abi["tag"]:
        name, value = tag_field(tag)
        out += f"\n/* Of a message's tag: {tag['doc']}. */\n#define {name} {value}\n"
    out += enum("l4_error", "L4_", [(e["name"], i, e["doc"]) for i, e in enumerate(abi["error"])], "Results of system calls.")
    for c in abi["constant"]:
        out += f"\n/* {c['doc']} */\n#define L4_{c['name']} {c['value']}\n"
    types = [(o["name"], i, None) for i, o in enumerate(abi["object"])]
    types += [("TYPES", len(types), None)]
    types += [(r["name"], len(types) + i, None) for i, r in enumerate(abi["retype"])]
    out += enum("l4_type", "L4_TYPE_", types, "Types of capabilities, then names for retype only.")
    for g in abi["group"]:
        items = [(v, i, None) for i, v in enumerate(g["values"])]
        out += enum(f"l4_{g['name'].lower()}", f"L4_{g['name']}_", items, g["doc"])
        out += f"#define L4_{g['name']}_COUNT {len(items)}\n"
    for o in abi["object"]:
        if o.get("op"):
            items = [(s["name"], i + 1, None) for i, s in enumerate(o["op"])]
            out += enum(f"l4_{o['name']}_op", f"L4_OP_{o['name'].upper()}_", items, f"Labels of calls on a {o['name']}.")
    return out


def user_stub(op):
    target = op.object
    params = [f"l4_cap_t {target}_cap"] + [f"l4_{'cap' if a.is_slot else 'word'}_t {a.name}" for a in op.plain_args]
    params += [f"l4_word_t *{r}" for r in op.results]
    errors = ", ".join(op.spec.get("errors", []))
    out = "\n/* " + op.spec["doc"] + (f"\n * Errors: {errors}." if errors else "") + " */\n"
    out += f"static inline l4_status_t l4_{op.function}({', '.join(params)})\n{{\n"
    out += "\tstruct l4_registers m = {{" + ", ".join(a.name for a in op.plain_args) + "}};\n"
    out += f"\tl4_status_t status = l4_invoke({target}_cap, l4_tag(L4_OP_{op.object.upper()}_{op.name.upper()}, {len(op.plain_args)}), &m);\n"
    for i, r in enumerate(op.results):
        out += f"\tif ({r})\n\t\t*{r} = m.word[{i}];\n"
    return out + "\treturn status;\n}\n"


def stubs_header(abi):
    out = HEAD + "#pragma once\n#include <l4/syscall.h>\n"
    out += "\n/* Results are written whatever the status; a result's pointer may be null. */\n"
    for op in operations(abi):
        if not op.has_array:
            out += user_stub(op)
    return out


def dispatch_header(abi):
    out = HEAD + "#pragma once\n#include <kernel/invocation.h>\n"
    for op in operations(abi):
        args = op.plain_args
        if args:
            out += f"\nstruct {op.function}_args {{\n"
            for a in args:
                out += f"\tstruct slot *{a.name};\n" if a.is_slot else f"\tword_t {a.name};\n"
            out += "};\nenum { " + ", ".join(f"{op.function}_word_{a.name}".upper() for a in args) + " };\n"
        extra = f", const struct {op.function}_args *args" if args else ""
        out += f"status_t {op.function}(struct invocation *inv{extra});\n"
    return out


def dispatch_case(op):
    out = f"\tcase L4_OP_{op.object.upper()}_{op.name.upper()}: {{\n"
    if rights_mask(op.spec["rights"]):
        out += f"\t\tif (!slot_has_rights(inv->target, {rights_mask(op.spec['rights']):#x}))\n\t\t\treturn L4_NO_RIGHT;\n"
    args = op.plain_args
    if not args:
        return out + f"\t\treturn {op.function}(inv);\n\t}}\n"
    out += f"\t\tif (inv->length < {len(args)})\n\t\t\treturn L4_INVALID_ARGUMENT;\n"
    out += f"\t\tstruct {op.function}_args args;\n"
    for i, a in enumerate(args):
        if a.is_slot:
            kind = "L4_TYPE_NULL" if a.type == "any" else f"L4_TYPE_{a.type.upper()}"
            lookup = "invocation_optional_slot" if a.optional else "invocation_slot"
            out += f"\t\tstatus_t status_{a.name} = {lookup}(inv, {i}, {kind}, {rights_mask(a.rights):#x}, &args.{a.name});\n"
            out += f"\t\tif (status_{a.name} != L4_OK)\n\t\t\treturn status_{a.name};\n"
        else:
            out += f"\t\targs.{a.name} = invocation_word(inv, {i});\n"
    return out + f"\t\treturn {op.function}(inv, &args);\n\t}}\n"


def dispatch_functions(abi, kernel, linkage):
    """Of the objects that are of that variant of the kernel (None: of all)."""
    ops = operations(abi)
    out = ""
    for o in abi["object"]:
        if o.get("op") and o.get("kernel") == kernel:
            out += f"\n{linkage}status_t {o['name']}_dispatch(struct invocation *inv)\n{{\n\tswitch (inv->label) {{\n"
            out += "".join(dispatch_case(op) for op in ops if op.object == o["name"])
            out += "\tdefault:\n\t\treturn L4_BAD_OPERATION;\n\t}\n}\n"
    return out


def dispatch_source(abi):
    out = HEAD + dispatch_functions(abi, None, "static ")
    out += "\nstatic status_t (*const object_dispatch[L4_TYPE_TYPES])(struct invocation *inv) = {\n"
    for o in abi["object"]:
        if o.get("op"):
            function = f"{o['name'].upper()}_DISPATCH" if "kernel" in o else f"{o['name']}_dispatch"
            out += f"\t[L4_TYPE_{o['name'].upper()}] = {function},\n"
    return out + "};\n"


def dispatch_trace_source(abi):
    return HEAD + dispatch_functions(abi, "trace", "")


def names_source(abi):
    """Tables of names, for traces and messages to people."""
    out = HEAD + "#pragma once\n"
    tables = [("error", [e["name"] for e in abi["error"]]), ("type", [o["name"] for o in abi["object"]])]
    tables += [(g["name"].lower(), g["values"]) for g in abi["group"]]
    for name, values in tables:
        out += f"\nstatic const char *const l4_{name}_names[] = {{\n" + "".join(f'\t"{v}",\n' for v in values) + "};\n"
    return out


def manual(abi):
    out = "<!-- Made by tools/abigen.py from libl4/abi/abi.toml; do not edit. -->\n# The Bulkhead ABI\n\n"
    out += abi["manual"] + "\n## System calls\n\n| number | stub (`l4/syscall.h`) | meaning |\n| --- | --- | --- |\n"
    out += "".join(f"| {c['number']} | `l4_{c['name']}` | {c['doc']} |\n" for c in abi["syscall"])
    out += "\n## Tags\n\n| bits | name | meaning |\n| --- | --- | --- |\n"
    for tag in abi["tag"]:
        bits = f"{tag['high']} to {tag['low']}" if "high" in tag else tag["low"]
        out += f"| {bits} | `{tag_field(tag)[0]}` | {tag['doc']} |\n"
    out += "\n## Errors\n\n| number | name | meaning |\n| --- | --- | --- |\n"
    out += "".join(f"| {i} | `{e['name']}` | {e['doc']} |\n" for i, e in enumerate(abi["error"]))
    out += "\n## Constants\n\n| name | value | meaning |\n| --- | --- | --- |\n"
    out += "".join(f"| `{c['name']}` | {c['value']} | {c['doc']} |\n" for c in abi["constant"])
    for g in abi["group"]:
        out += f"\n### {g['name']}_\n\n{g['doc']}\n\n" + ", ".join(f"`{v}` = {i}" for i, v in enumerate(g["values"])) + "\n"
    for number, o in enumerate(abi["object"]):
        out += f"\n## {o['name']} (type {number})\n\n{o['doc']}\n"
        out += f"\nSize: {o['size']}.\n" if "size" in o else ""
        for op in [op for op in operations(abi) if op.object == o["name"]]:
            names = ", ".join(a.name + ("..." if a.array else "") for a in op.args)
            out += f"\n### {op.function}({names})" + (f" → {', '.join(op.results)}" if op.results else "") + "\n\n"
            out += f"Label {op.number}. Rights on the {o['name']}: {op.spec['rights'] or 'none'}.\n\n{op.spec['doc']}\n"
            for a in (a for a in op.args if a.is_slot):
                out += f"\n- `{a.name}`: a slot with {'nothing or ' if a.optional else ''}a {a.type} capability, rights {a.rights or 'none'}"
            out += "\n" if any(a.is_slot for a in op.args) else ""
            if op.spec.get("errors"):
                out += "\nErrors: " + ", ".join(f"`{e}`" for e in op.spec["errors"]) + ".\n"
    out += "\n## Further names for untyped_retype\n\n" + "".join(f"- `{r['name']}`: {r['doc']}\n" for r in abi["retype"])
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("abi", type=pathlib.Path)
    parser.add_argument("--out-dir", type=pathlib.Path, help="where the headers go (l4/..., kernel/...)")
    parser.add_argument("--manual", type=pathlib.Path, help="where the manual goes")
    options = parser.parse_args()
    abi = tomllib.loads(options.abi.read_text())
    if options.out_dir:
        files = {"l4/abi/generated.h": shared_header, "l4/stubs.h": stubs_header, "l4/names.h": names_source,
                 "kernel/dispatch.h": dispatch_header, "kernel/dispatch.inc": dispatch_source, "kernel/dispatch_trace.inc": dispatch_trace_source}
        for name, make in files.items():
            path = options.out_dir / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(make(abi))
    if options.manual:
        options.manual.write_text(manual(abi))


if __name__ == "__main__":
    main()
