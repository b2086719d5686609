#pragma once

/* What an execution is made of. For the files of this folder only. */

#include "engine/graph/execution.h"
#include "engine/graph/plan-private.h"

struct _FlExecution
{
  FlPlan *plan;       /* owned */
  FlPool *pool;       /* borrowed: outlives the execution */
  FlScratch *scratch; /* owned */
  FlEditList *edits;  /* owned, nullable */
  float *block;       /* owned: the values */
  float *gradients;   /* owned: their gradients, made at the first backward pass; nullable */
  FlView *views;      /* owned: of the values */
  float **packed;     /* owned: packed weights of edited operators, else NULL */
  GArray **silent;    /* owned, of int: silent channels of an operator's output 0, NULL for none */
  gboolean *stale;    /* owned: operators whose output is not that of their inputs and edits */
  float *logits;      /* owned */
  gboolean has_input;
};

/* The arrays of a run, reused from operator to operator. */
typedef struct
{
  GArray *inputs; /* owned, of FlView, like the rest */
  GArray *outputs;
  GArray *output_gradients;
  GArray *input_gradients;
} FlRunViews;

void fl_run_views_init (FlRunViews *views);
void fl_run_views_clear (FlRunViews *views);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FlRunViews, fl_run_views_clear)

/* What a pass of operator @index is given, but for the gradients; borrowed from @views. */
FlRun fl_run_new (FlExecution *execution, FlRunViews *views, int index);

/* Sets the listed channels of a view to 0; @channels (element-type int) may be NULL. */
void fl_run_silence (const GArray *channels, const FlView *view);

/* Uninitialised, aligned to 64 bytes; free() it. */
float *fl_block_new (gsize floats);
