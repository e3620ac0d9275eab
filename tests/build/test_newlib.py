# SPDX-License-Identifier: BSD-2-Clause
"""x86_64's C library: programs without the FPU hold none of its instructions, and what cannot be built is told."""

import subprocess
import sys

import pytest
from launcher import paths

CHECK = paths.TOP / "tools/general_registers.py"
NEEDS = {
    "sse": 'void f(void) { __asm__("movaps %xmm0, %xmm1"); }',
    "x87": 'void f(void) { __asm__("fldz"); }',
    "mmx": 'void f(void) { __asm__("emms"); }',
    "state": 'void f(int *p) { __asm__("ldmxcsr %0" : : "m"(*p)); }',
    "double": "double f(double x) { return x * 3; }",
}
ALLOWED = 'void f(long *p) { __asm__("movnti %1, %0; sfence; prefetchnta %0" : "=m"(*p) : "r"(7L)); }'


def check(tmp_path, source):
    (tmp_path / "f.c").write_text(source)
    subprocess.run(["x86_64-linux-gnu-gcc", "-O2", "-fcf-protection=none", "-c", "f.c"], check=True, cwd=tmp_path)
    return subprocess.run([sys.executable, CHECK, tmp_path / "f.o"], check=False, text=True, stderr=subprocess.PIPE)


@pytest.mark.parametrize("what", NEEDS)
def test_instruction_of_the_fpu_is_found(tmp_path, what):
    done = check(tmp_path, NEEDS[what])
    assert done.returncode == 1 and "f.o: f: " in done.stderr


def test_general_registers_pass(tmp_path):
    done = check(tmp_path, ALLOWED)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("kind", ["user", "user_fpu"])
def test_state_of_threads_and_locks_are_left_to_libl4(kind):
    """newlib's own, for systems without threads, would be linked wherever they are met first."""
    symbols = subprocess.run(["x86_64-linux-gnu-nm", "-A", "--defined-only", paths.BUILD / "newlib" / kind / "usr/lib/libc.a"], check=True, text=True,
                             stdout=subprocess.PIPE).stdout
    assert " T malloc\n" in symbols and " T __errno\n" in symbols
    assert "__getreent" not in symbols and "__retarget_lock" not in symbols


@pytest.mark.parametrize("kind", ["user", "user_fpu"])
def test_it_names_no_place_of_its_builder(kind):
    """assert() has the file's name in it."""
    library = (paths.BUILD / "newlib" / kind / "usr/lib/libc.a").read_bytes()
    assert b"newlib/libc/stdlib/" in library and str(paths.TOP).encode() not in library


def test_wrong_tarball(tmp_path):
    (tmp_path / "newlib-0.tar.xz").write_bytes(b"this is none")
    done = subprocess.run([sys.executable, paths.TOP / "tools/newlib.py", "--prefix", "x86_64-linux-gnu-", tmp_path / "newlib-0.tar.xz",
                           tmp_path / "out"], check=False, text=True, stderr=subprocess.PIPE)
    assert done.returncode == 1 and done.stderr.startswith("newlib: ")
