#pragma once

#include <glib.h>

#include "engine/graph/edit-list.h"

/**
 * FlFilterHistory:
 *
 * Which filters of a network are switched off and in which way, with every step that led there, so
 * that each can be undone and done again.
 */
typedef struct _FlFilterHistory FlFilterHistory;

/* All filters on, in mode %FL_EDIT_WEIGHTS, nothing to undo. */
FlFilterHistory *fl_filter_history_new (int n_filters);
void fl_filter_history_free (FlFilterHistory *history);

/* Borrowed: 1 for each filter that is off, n_filters of them. */
const guint8 *fl_filter_history_off (const FlFilterHistory *history);
int fl_filter_history_n_off (const FlFilterHistory *history);

/* What switching off means, for all filters alike. */
FlEditKind fl_filter_history_mode (const FlFilterHistory *history);

/**
 * fl_filter_history_step:
 * @flipped: (array length=n_flipped): different filters that change between on and off
 * @mode: from now on
 * @name: (transfer full): what the user did, "Switch off stage3.conv1 : 16"
 *
 * What was undone before cannot be done again after this. A step that changes nothing is not kept.
 */
void fl_filter_history_step (FlFilterHistory *history, int n_flipped, const int *flipped,
                             FlEditKind mode, char *name);

/* Return whether there was something to undo, or to do again. */
gboolean fl_filter_history_undo (FlFilterHistory *history);
gboolean fl_filter_history_redo (FlFilterHistory *history);

/* Names of these steps, borrowed; %NULL for none. */
const char *fl_filter_history_undo_name (const FlFilterHistory *history);
const char *fl_filter_history_redo_name (const FlFilterHistory *history);

/* All steps, the undone ones last, and how many of them are done. */
int fl_filter_history_n_steps (const FlFilterHistory *history);
int fl_filter_history_n_done (const FlFilterHistory *history);

/* Name of step @step, 0 .. n_steps - 1, borrowed. */
const char *fl_filter_history_name (const FlFilterHistory *history, int step);

/* Undoes or redoes until @n_done steps are done, 0 .. n_steps; whether that changed anything. */
gboolean fl_filter_history_go_to (FlFilterHistory *history, int n_done);

/* A number for the present state: the same number is the same state. 0 is the state at the start.
 */
guint64 fl_filter_history_state (const FlFilterHistory *history);

/* Undoes or redoes until the state is @state; %FALSE, and no change, where it cannot be reached. */
gboolean fl_filter_history_go (FlFilterHistory *history, guint64 state);

/* (transfer full) (nullable): the edits to lay over the graph, %NULL where all filters are on. */
FlEditList *fl_filter_history_edits (const FlFilterHistory *history, const FlGraph *graph);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlFilterHistory, fl_filter_history_free)
