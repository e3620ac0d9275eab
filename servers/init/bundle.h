/* SPDX-License-Identifier: BSD-2-Clause */
/* The boot bundle: a cpio archive that the boot loader has put into memory. */
#pragma once

#include <l4/space.h>
#include <servers/system.h>

#include "../monitor/handover.h"

/* Maps it into init, and checks that it is a whole archive. Ends the machine with a message where it is not. */
void bundle_map(void);

/* All members that the manifest lists must be there, whole and undamaged. Ends the machine with a message where not. */
void bundle_check_files(void);

/* All programs and payloads that the system needs must be there, and be what they should. Ends the machine with a message where not. */
void bundle_check_programs(const struct system_description *system);

/* Maps it into another space too. The frames' first capabilities are mapped there and listed in `runs`, with init's slots; gives their number. */
l4_word_t bundle_share(const struct l4_space *space, struct handover_run runs[HANDOVER_BUNDLE_RUNS]);

/* The bundle's address, in every space that it is mapped in. */
l4_word_t bundle_vaddr(void);
