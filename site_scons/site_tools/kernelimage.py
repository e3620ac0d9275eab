# SPDX-License-Identifier: BSD-2-Clause
"""KernelSources(files, embed=..., **overrides) declares parts of the kernel; KernelImage(name, replace=..., more=...) links them all.

A variant of the kernel differs by the files that it links, so it needs no #ifdef: REPLACE maps a declared source to the
file that stands in for it, both named from the top of the tree. The stand-in is compiled with the overrides of its original.
MORE are sources that no other kernel has.
EMBED is a file that the (assembly) sources include by .incbin under its plain name; a stand-in with another one is a pair of the two.
"""


def kernel_sources(env, files, embed=None, **overrides):
    embed = env.File(embed) if embed else None
    env["KERNEL_PARTS"].extend((env.File(file), embed, overrides) for file in files)


def compile_part(env, source, embed, overrides):
    """The object keeps its source's whole name: context.c and context.S may stand side by side. What several images link is declared once: SCons would do all it does for
    an object again."""
    known, key = env["KERNEL_OBJECTS"], (source, embed, env["OBJSUFFIX"])
    if key not in known:
        known[key] = declare_part(env, source, embed, overrides)
    return known[key]


def declare_part(env, source, embed, overrides):
    if embed:
        overrides = {"ASFLAGS": env["ASFLAGS"] + ["-Wa,-I" + embed.dir.path], **overrides}
    objects = env.Object("#%s%s" % (source.path, env["OBJSUFFIX"]), source, **overrides)
    if embed:
        env.Depends(objects, embed)
    return objects


def kernel_image(env, name, replace=None, more=()):
    """NAME.elf from every part that was declared before, and MORE."""
    replace = {env.subst(original): other for original, other in (replace or {}).items()}
    objects = []
    for source in more:
        objects += compile_part(env, env.File("$BUILD/" + source), None, {})
    for source, embed, overrides in env["KERNEL_PARTS"]:
        other = replace.pop(source.srcnode().path, None)
        if isinstance(other, tuple):
            other, embed = other[0], env.File(other[1])
        objects += compile_part(env, env.File("$BUILD/" + other) if other else source, embed, overrides)
    if replace:
        raise ValueError("%s replaces files that are no kernel source: %s" % (name, ", ".join(replace)))
    return env.Program("$BUILD/" + name, objects)


def generate(env):
    env["KERNEL_PARTS"] = []
    env["KERNEL_OBJECTS"] = {}
    env.AddMethod(kernel_sources, "KernelSources")
    env.AddMethod(kernel_image, "KernelImage")


def exists(_env):
    return True
