#pragma once

#include <gio/gio.h>

#include "app/model-file.h"
#include "engine/formats/picture.h"
#include "engine/graph/edit-list.h"
#include "engine/saliency/prediction.h"
#include "engine/saliency/profile.h"
#include "ui/filter-catalogue.h"

#define FL_TYPE_SESSION (fl_session_get_type ())
G_DECLARE_FINAL_TYPE (FlSession, fl_session, FL, SESSION, GObject)

typedef enum
{
  FL_SESSION_NETWORK = 1 << 0,
  FL_SESSION_PICTURE = 1 << 1,
  FL_SESSION_LABEL = 1 << 2,
  FL_SESSION_FILTERS = 1 << 3,    /* which are off, in which mode, and what can be undone */
  FL_SESSION_PREDICTION = 1 << 4, /* before or now, or whether now is that of the present filters */
  FL_SESSION_PROFILE = 1 << 5,    /* likewise */
  FL_SESSION_SELECTION = 1 << 6,
  FL_SESSION_PROGRESS = 1 << 7,
} FlSessionChanges;

/**
 * FlSession:
 *
 * The document: a network, a picture, its true label, which filters are switched off, and what the
 * network says before and now. Used from the main thread only; all long work is done in another
 * one, one piece at a time, and only what was asked for last is kept: of several requests of a kind
 * that wait, the newest is done, and a result that has been overtaken is dropped. Whoever draws
 * sees a consistent state: a new network or picture is taken over with everything that follows from
 * it, or, where opening fails, not at all.
 *
 * Signals:
 * - "changed" (FlSessionChanges changes)
 * - "failed" (const char *title, const char *message): something asked for could not be done; the
 * state is as before
 */
FlSession *fl_session_new (void);

/**
 * fl_session_open:
 * @network_path: (nullable): an ONNX file; %NULL: the present network stays
 * @picture_path: (nullable): a picture or NPY file; %NULL: the present one stays, prepared anew
 * @label: the picture's true class, or -1: what an index.csv beside it says, else not known
 *
 * A new network begins with all filters on; with a new picture those that are off stay off.
 */
void
fl_session_open (FlSession *session, const char *network_path, const char *picture_path, int label);

/* Borrowed, %NULL where there is none. */
FlModel *fl_session_get_model (FlSession *session);
FlFilterCatalogue *fl_session_get_catalogue (FlSession *session);
const char *fl_session_get_picture_path (FlSession *session);
FlPicture *fl_session_get_picture (FlSession *session); /* as decoded; %NULL for an array, too */
FlPicture *fl_session_get_shown (FlSession *session);   /* to look at, perhaps reduced */
FlTensor *fl_session_get_input (FlSession *session);    /* the picture as the network takes it */

/**
 * fl_session_get_label:
 * @known: (out) (optional): whether it is the true class; else it is the one predicted
 *
 * Returns: the class whose loss the profile differentiates; -1 where there is no prediction
 */
int fl_session_get_label (FlSession *session, gboolean *known);

/* @label: the true class, or -1 for not known. */
void fl_session_set_label (FlSession *session, int label);

/* Borrowed, %NULL where there is none: of the untouched network, and with filters off. The latter
 * is %NULL where all filters are on. */
FlPrediction *fl_session_get_before (FlSession *session);
FlPrediction *fl_session_get_now (FlSession *session);

/* Of the untouched network. Borrowed, nullable. */
FlProfile *fl_session_get_profile (FlSession *session);

/* Whether they belong to the present filters, and to the present label. */
gboolean fl_session_now_is_current (FlSession *session);
gboolean fl_session_profile_is_current (FlSession *session);

/* Whether there is a profile whose successor takes longer than a moment: it stays, dimmed. */
gboolean fl_session_profile_is_stale (FlSession *session);

/* Borrowed: 1 for each filter that is off; %NULL without a network. */
const guint8 *fl_session_get_off (FlSession *session);
int fl_session_get_n_off (FlSession *session);

/* Switches a filter off where it is on, and on where it is off. */
void fl_session_toggle (FlSession *session, int filter);

/**
 * fl_session_toggle_several:
 * @filters: (array length=n): different ones
 *
 * One step: all of them off; on again only where all were off.
 */
void fl_session_toggle_several (FlSession *session, int n, const int *filters);

/* Switches off the @k most salient filters, in addition to those that are off. */
void fl_session_switch_off_top (FlSession *session, int k);

/* Likewise @k random filters, the control: which ones depends on @seed only, not on what is off. */
void fl_session_switch_off_random (FlSession *session, int k, guint32 seed);

/* Likewise the whole layer that @filter belongs to. */
void fl_session_switch_off_layer (FlSession *session, int filter);

/* What is on goes off and the other way round. */
void fl_session_invert (FlSession *session);
void fl_session_restore_all (FlSession *session);

FlEditKind fl_session_get_mode (FlSession *session);
void fl_session_set_mode (FlSession *session, FlEditKind mode);

void fl_session_undo (FlSession *session);
void fl_session_redo (FlSession *session);

/* "Switch off stage3.conv1 : 16", borrowed; %NULL for nothing to undo. */
const char *fl_session_get_undo_name (FlSession *session);
const char *fl_session_get_redo_name (FlSession *session);

/**
 * fl_session_get_n_steps:
 * @n_done: (out) (optional): how many of them are done; the others were undone
 *
 * Returns: number of steps in the history of the filters
 */
int fl_session_get_n_steps (FlSession *session, int *n_done);

/* Name of step @step, 0 .. n_steps - 1, borrowed. */
const char *fl_session_get_step_name (FlSession *session, int step);

/* Undoes or redoes until @n_done steps are done, 0 .. n_steps; the prediction follows once. */
void fl_session_go_to_step (FlSession *session, int n_done);

/* The filter that every view marks, -1 for none. */
int fl_session_get_selected (FlSession *session);
void fl_session_set_selected (FlSession *session, int filter);

/**
 * FlSessionProgress:
 * @busy: whether anything is being done or waits
 * @loading: whether a network or a picture is being opened, so that everything shown will be
 * replaced
 * @long_work: whether it has taken longer than 100 ms, so that it should be shown
 * @fraction: 0 .. 1
 * @seconds_left: an estimate, or -1 where the whole takes less than a second or so
 * @phase: (nullable): what is being done, a static string
 */
typedef struct
{
  gboolean busy;
  gboolean loading;
  gboolean long_work;
  double fraction;
  double seconds_left;
  const char *phase;
} FlSessionProgress;

void fl_session_get_progress (FlSession *session, FlSessionProgress *progress);

/* Drops what is being done and what waits, and takes back what was asked for: filters and label are
 * again those of the results that are shown. */
void fl_session_cancel (FlSession *session);
