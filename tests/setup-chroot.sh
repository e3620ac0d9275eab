#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# The set-up path on machines that have nothing: a minimal Debian 12 and 13 each with git and python3, made by debootstrap,
# in which the committed tree is cloned, set up, built, booted and tested. To be run as root by hand and before each release;
# Debian 13 brings QEMU 10.
#
#   tests/setup-chroot.sh [--quick] [--keep] [--arch riscv|x86_64] [--mirror URL] [bookworm|trixie ...]
#
# --quick stops after a guest of each architecture has run a command; --arch leaves the other architecture out; --keep leaves the
# systems in build/chroot/ for the next run.
set -euo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
folder=$top/build/chroot
quick=0 keep=0 mirror='' suites=() arch=''
while [ $# -gt 0 ]; do
	case $1 in
	--quick) quick=1 ;;
	--keep) keep=1 ;;
	--arch) arch=$2; shift ;;
	--mirror) mirror=$2; shift ;;
	bookworm | trixie) suites+=("$1") ;;
	*) sed -n '3,10p' "$0" >&2; exit 2 ;;
	esac
	shift
done
[ ${#suites[@]} -gt 0 ] || suites=(bookworm trixie)
[ "$(id -u)" = 0 ] || { echo "setup-chroot: must be root, for debootstrap and chroot" >&2; exit 3; }
command -v debootstrap >/dev/null || { echo "setup-chroot: needs debootstrap" >&2; exit 3; }

declare -A console=([riscv]=ttyS0 [x86_64]=hvc0)

mounted=()
unmount_all() {
	local index
	for ((index = ${#mounted[@]} - 1; index >= 0; index--)); do umount -l "${mounted[index]}"; done
	mounted=()
}
trap unmount_all EXIT

# A pristine system is kept aside, since making one takes longer than all the rest; each run works on a copy.
make_system() {
	local suite=$1 pristine=$folder/$1.pristine
	if [ ! -e "$pristine/.complete" ]; then
		rm -rf "$pristine"
		debootstrap --variant=minbase --include=git,python3 "$suite" "$pristine" ${mirror:+"$mirror"}
		touch "$pristine/.complete"
	fi
	rm -rf "${folder:?}/$suite"
	cp -a "$pristine" "$folder/$suite"
}

# The network's settings of this machine; its apt's proxy too, since set-up means the machine's own apt.
lend_network() {
	local root=$1
	cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
	apt-config dump 2>/dev/null | grep -E '^Acquire::(http|https)::' >"$root/etc/apt/apt.conf.d/90network" || true
}

enter() {
	local root=$1
	shift
	chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
		${http_proxy:+http_proxy="$http_proxy"} ${https_proxy:+https_proxy="$https_proxy"} "$@" </dev/null
}

try_suite() {
	local suite=$1 root=$folder/$1 item isa
	echo "== $suite"
	make_system "$suite"
	lend_network "$root"
	for item in proc sys dev; do
		mount --rbind --make-rslave "/$item" "$root/$item"
		mounted+=("$root/$item")
	done
	git clone -q "$top" "$root/root/bulkhead"
	for isa in ${arch:-riscv x86_64}; do
		enter "$root" /root/bulkhead/bulkhead run --arch "$isa" --timeout 300 \
			--append "console=${console[$isa]}"' bulkhead.run="echo guest says $((6*7))"' | tee "$folder/$suite.log"
		grep -q '^guest says 42' "$folder/$suite.log"
	done
	[ "$quick" = 1 ] || enter "$root" /root/bulkhead/.ci/run ${arch:+--arch "$arch"}
	unmount_all
	[ "$keep" = 1 ] || rm -rf "$root"
	echo "== $suite: well"
}

mkdir -p "$folder"
for suite in "${suites[@]}"; do try_suite "$suite"; done
[ "$keep" = 1 ] || rm -rf "$folder"
