# SPDX-License-Identifier: BSD-2-Clause
"""CheckHeaders(folder): each header below FOLDER must compile alone. -include, since `#pragma once` in a main file warns."""

import os


def check_headers(env, folder):
    top = env.Dir(folder).srcnode()
    stamps = []
    for parent, _dirs, names in os.walk(top.abspath):
        for name in sorted(n for n in names if n.endswith(".h")):
            header = env.File(os.path.join(parent, name))
            stamp = "$BUILD/headers/%s%s.ok" % (header.path, env["OBJSUFFIX"])
            stamps += env.Command(stamp, header, [
                "$CC -include $SOURCE $CFLAGS $CCFLAGS $_CCCOMCOM -fsyntax-only -x c /dev/null", "@touch $TARGET"])
    env.Depends(stamps, env.get("LIBC_MADE", []))
    return stamps


def generate(env):
    env.AddMethod(check_headers, "CheckHeaders")


def exists(_env):
    return True
