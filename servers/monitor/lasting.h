/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory that outlives partitions: frames of the monitor's own, of which a partition that is built gets copies. */
#pragma once

#include "monitor.h"

/* Makes as many frames as `pages`, cleared. */
l4_status_t lasting_make(struct lasting *lasting, uint32_t pages);

/* Maps it for the program of a partition that is being built; gives its address, which the program is not told. The name, for messages about faults, must stay. */
l4_word_t lasting_map(struct part *part, const char *name, const struct lasting *lasting, l4_word_t rights);

/* Clears it, page by page through the monitor's window. Nobody else may have it mapped. */
l4_status_t lasting_clear(const struct lasting *lasting);
