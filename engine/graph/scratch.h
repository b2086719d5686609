#pragma once

#include <glib.h>

/**
 * FlScratch:
 *
 * Working memory of an execution: blocks that grow to the largest request and are kept, so that
 * passes do not allocate. What is asked for is valid until fl_scratch_reset(), which an execution
 * calls before each operator. Not for use inside pool tasks: ask before the run, for all workers or
 * tasks at once.
 */
typedef struct _FlScratch FlScratch;

FlScratch *fl_scratch_new (void);
void fl_scratch_free (FlScratch *scratch);
void fl_scratch_reset (FlScratch *scratch);

/* Uninitialised, aligned to 64 bytes. */
float *fl_scratch_floats (FlScratch *scratch, gsize n);
double *fl_scratch_doubles (FlScratch *scratch, gsize n);
