# SPDX-License-Identifier: BSD-2-Clause
"""AbiGen(include_dir, description): every file that tools/abigen.py makes from the ABI description."""

import sys

HEADERS = ["l4/abi/generated.h", "l4/stubs.h", "l4/names.h", "kernel/dispatch.h", "kernel/dispatch.inc", "kernel/dispatch_trace.inc"]


def abigen(env, include_dir, description):
    generator = env.File("#tools/abigen.py")
    headers = env.Command(["%s/%s" % (include_dir, header) for header in HEADERS], [description],
                          "%s %s $SOURCE --out-dir %s" % (sys.executable, generator.path, env.Dir(include_dir).path))
    env.Depends(headers, [generator, env.File(__file__)])
    return headers


def generate(env):
    env.AddMethod(abigen, "AbiGen")


def exists(_env):
    return True
