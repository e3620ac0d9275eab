# SPDX-License-Identifier: BSD-2-Clause
"""SystemHeaders(folder, description): what the programs of one system include as <system/PARTITION.h>, made from its description.

Gives an environment whose programs find them.
"""

import sys
import tomllib


def system_headers(env, folder, description):
    description = env.File(description)
    with open(description.srcnode().abspath, "rb") as file:
        partitions = tomllib.load(file)["partition"]
    generator = env.File("#tools/systemheaders.py")
    made = env.Command([env.Dir(folder).File("system/%s.h" % name) for name in partitions], description,
                       [[sys.executable, generator.path, "--arch", env["ARCH"], "$SOURCE", env.Dir(folder).path]])
    env.Depends(made, [generator, env.File(__file__), *env.Glob("#tools/composer/*.py")])
    own = env.Clone()
    own.Append(CPPPATH=[env.Dir(folder)])
    return own


def generate(env):
    env.AddMethod(system_headers, "SystemHeaders")


def exists(_env):
    return True
