#pragma once

#include <gio/gio.h>

#include "app/model-file.h"
#include "engine/core/pool.h"
#include "engine/core/tensor.h"
#include "engine/formats/picture.h"
#include "engine/graph/execution.h"
#include "engine/saliency/prediction.h"
#include "engine/saliency/profile.h"
#include "ui/filter-catalogue.h"

/**
 * FlMachine:
 *
 * A network made ready to compute one picture. Only one piece of work uses it at a time. Reference
 * counted.
 */
typedef struct
{
  gatomicrefcount references;
  FlModel *model;
  FlFilterCatalogue *catalogue;
  FlPlan *plan;
  FlExecution *execution;
  FlTensor *input;        /* nullable: whose values the execution holds */
  double forward_seconds; /* measured; 0 before the first forward pass */
} FlMachine;

FlMachine *fl_machine_ref (FlMachine *machine);
void fl_machine_unref (FlMachine *machine);

typedef enum
{
  FL_WORK_LOAD,    /* a network, a picture or both, and everything that follows from them */
  FL_WORK_FORWARD, /* the prediction with the present edits */
  FL_WORK_PROFILE, /* the profile at another label */
} FlWorkKind;

/**
 * FlWork:
 * @kind: what is wanted
 * @pool: borrowed, outlives the work
 * @network_path: (nullable): %FL_WORK_LOAD: the network to open; %NULL: the present one stays
 * @picture_path: (nullable): %FL_WORK_LOAD: the picture to open; else where the present one is from
 * @new_picture: whether @picture_path is to be read
 * @label: the true class, -1 where it is not known
 * @edits: (nullable): what is changed about the network
 * @machine: (nullable): before: the present network; after: the one to go on with
 * @picture: (nullable): likewise: as decoded; %NULL for an array that is no picture
 * @shown: (nullable): likewise: to look at, reduced where it is very large
 * @input: (nullable): likewise: what the network is given
 * @label_known: after: whether @label is the true one; else it is the predicted one
 * @before: (nullable): after: the untouched network's prediction
 * @now: (nullable): after: with @edits, where there are any
 * @profile: (nullable): after: of the untouched network at @label
 * @picture_error: (nullable): after: why the new network goes on without the picture
 * @error: (nullable): after: why nothing came of it; then only @machine's values may have changed
 *
 * A piece of work for a thread: what is asked, how far it is, and what came out.
 */
typedef struct
{
  FlWorkKind kind;
  FlPool *pool;
  char *network_path;
  char *picture_path;
  gboolean new_picture;
  int label;
  FlEditList *edits;
  guint64 edits_state;
  FlMachine *machine;
  FlPicture *picture;
  FlPicture *shown;
  FlTensor *input;
  gboolean label_known;
  FlPrediction *before;
  FlPrediction *now;
  FlProfile *profile;
  GError *picture_error;
  GError *error;

  GMutex lock; /* of what follows */
  const char *phase;
  gint64 phase_start;
  double phase_seconds;  /* expected */
  double before_seconds; /* expected, of the phases that are done */
  double after_seconds;  /* expected, of the phases to come */
} FlWork;

FlWork *fl_work_new (FlWorkKind kind, FlPool *pool);
void fl_work_free (FlWork *work);

/* Does it, in any thread. Sets @work->error, %G_IO_ERROR_CANCELLED where it was cancelled. */
void fl_work_run (FlWork *work, GCancellable *cancellable);

/**
 * fl_work_get_progress:
 * @fraction: (out): 0 .. 1, guessed from what was measured before
 * @seconds_left: (out): likewise
 * @phase: (out) (nullable): what is being done, a static string
 *
 * May be called while another thread does the work.
 */
void
fl_work_get_progress (FlWork *work, double *fraction, double *seconds_left, const char **phase);
