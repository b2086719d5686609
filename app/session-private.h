#pragma once

/* What the parts of the session share. Private to session*.c. */

#include "app/filter-history.h"
#include "app/session-work.h"
#include "app/session.h"

struct _FlSession
{
  GObject parent_instance;

  FlPool *pool;

  FlMachine *machine;       /* nullable */
  FlFilterHistory *history; /* nullable, with the machine */
  char *picture_path;       /* nullable, with shown */
  FlPicture *picture;       /* nullable */
  FlPicture *shown;         /* nullable */
  FlTensor *input;          /* nullable: needs both network and picture, like what follows */
  int label;
  gboolean label_known;
  FlPrediction *before;
  FlPrediction *now;
  guint64 now_state; /* of the history, that `now` (or, without one, `before`) belongs to */
  FlProfile *profile;
  gboolean profile_label_known;
  int selected;

  char *wanted_network; /* nullable */
  char *wanted_picture; /* nullable */
  int wanted_label;
  gboolean forward_wanted;
  gboolean profile_wanted;
  guint start_source;

  FlWork *work; /* borrowed from its task, NULL while nothing is done */
  GCancellable *cancellable;
  gboolean overtaken; /* what is being done will be dropped */
  gboolean loading_network;
  char *loading_picture; /* nullable: what the work reads */
  int loading_label;
  gint64 busy_since;
  guint progress_source;
  gboolean long_work;
};

void fl_session_emit_changed (FlSession *session, FlSessionChanges changes);

/* Starts what is wanted once the main loop is reached: a burst of requests is one piece of work. */
void fl_session_schedule (FlSession *session);

/* What is being done is no longer wanted: stops it, and drops it if it is too late for that. */
void fl_session_overtake (FlSession *session);
