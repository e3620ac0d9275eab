/* SPDX-License-Identifier: BSD-2-Clause */
/* What `server` does for its callers. */
#pragma once

enum service {
	/* Word 0: a number, from 1 on. The server dies of each number the first time that it comes, and its next incarnation answers with twice as much. */
	SERVICE_DOUBLE = 1,
	/* Not answered: the caller is restarted. */
	SERVICE_HOLD,
};

#define SERVICE_TOLD 100 /* how many make a line */
