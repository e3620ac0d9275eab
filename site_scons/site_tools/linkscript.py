# SPDX-License-Identifier: BSD-2-Clause
"""Programs depend on their linker script, the file LDSCRIPT, as on their objects."""


def add_script(target, source, env):
    if env.get("LDSCRIPT"):
        env.Depends(target, env["LDSCRIPT"].srcnode())
        env.Clean(target, str(target[0]) + ".map")
    return target, source


def generate(env):
    env.Append(PROGEMITTER=[add_script])


def exists(_env):
    return True
