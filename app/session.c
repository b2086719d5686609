#include "app/session-private.h"

/* Work that takes longer than this is shown; then its progress is looked at as often. */
#define SHOW_MILLISECONDS 100
/* Work that takes longer than this gets an estimate. */
#define LONG_SECONDS 1.0

G_DEFINE_FINAL_TYPE (FlSession, fl_session, G_TYPE_OBJECT)

enum
{
  CHANGED,
  FAILED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

void
fl_session_emit_changed (FlSession *self, FlSessionChanges changes)
{
  if (changes != 0)
    g_signal_emit (self, signals[CHANGED], 0, (guint) changes);
}

static void
fl_session_finalize (GObject *object)
{
  FlSession *self = FL_SESSION (object);

  g_clear_handle_id (&self->start_source, g_source_remove);
  g_clear_handle_id (&self->progress_source, g_source_remove);
  g_clear_pointer (&self->machine, fl_machine_unref);
  g_clear_pointer (&self->history, fl_filter_history_free);
  g_clear_pointer (&self->picture, fl_picture_unref);
  g_clear_pointer (&self->shown, fl_picture_unref);
  g_clear_pointer (&self->input, fl_tensor_unref);
  g_clear_pointer (&self->before, fl_prediction_unref);
  g_clear_pointer (&self->now, fl_prediction_unref);
  g_clear_pointer (&self->profile, fl_profile_unref);
  g_free (self->picture_path);
  g_free (self->wanted_network);
  g_free (self->wanted_picture);
  g_free (self->loading_picture);
  g_clear_object (&self->cancellable);
  fl_pool_free (self->pool);
  G_OBJECT_CLASS (fl_session_parent_class)->finalize (object);
}

static void
fl_session_class_init (FlSessionClass *class)
{
  G_OBJECT_CLASS (class)->finalize = fl_session_finalize;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[FAILED] = g_signal_new ("failed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
}

static void
fl_session_init (FlSession *self)
{
  self->pool = fl_pool_new (0);
  self->label = -1;
  self->wanted_label = -1;
  self->selected = -1;
}

FlSession *
fl_session_new (void)
{
  return g_object_new (FL_TYPE_SESSION, NULL);
}

static gboolean
anything_wanted (FlSession *self)
{
  return self->wanted_network != NULL || self->wanted_picture != NULL || self->forward_wanted
         || self->profile_wanted;
}

static gboolean
on_progress (gpointer data)
{
  FlSession *self = data;

  self->long_work = TRUE;
  fl_session_emit_changed (self, FL_SESSION_PROGRESS);
  return G_SOURCE_CONTINUE;
}

static void
update_busy (FlSession *self)
{
  gboolean busy = self->work != NULL || anything_wanted (self);

  if (busy && self->progress_source == 0)
    {
      self->busy_since = g_get_monotonic_time ();
      self->progress_source = g_timeout_add (SHOW_MILLISECONDS, on_progress, self);
      fl_session_emit_changed (self, FL_SESSION_PROGRESS);
    }
  else if (!busy && self->progress_source != 0)
    {
      g_clear_handle_id (&self->progress_source, g_source_remove);
      self->long_work = FALSE;
      fl_session_emit_changed (self, FL_SESSION_PROGRESS);
    }
}

void
fl_session_overtake (FlSession *self)
{
  if (self->work == NULL)
    return;
  self->overtaken = TRUE;
  g_cancellable_cancel (self->cancellable);
}

/* What `steal` gives away replaces `field`. */
#define TAKE(field, steal, unref)                                                                  \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_clear_pointer (&(field), unref);                                                             \
    (field) = g_steal_pointer (&(steal));                                                          \
  }                                                                                                \
  G_STMT_END

static FlSessionChanges
take_load (FlSession *self, FlWork *work)
{
  FlSessionChanges changes = FL_SESSION_LABEL | FL_SESSION_PREDICTION | FL_SESSION_PROFILE;

  if (work->network_path != NULL)
    {
      g_clear_pointer (&self->machine, fl_machine_unref);
      self->machine = fl_machine_ref (work->machine);
      g_clear_pointer (&self->history, fl_filter_history_free);
      self->history = fl_filter_history_new (self->machine->catalogue->n_filters);
      self->forward_wanted = FALSE;
      self->selected = -1;
      work->edits_state = 0;
      changes |= FL_SESSION_NETWORK | FL_SESSION_FILTERS | FL_SESSION_SELECTION;
    }
  if (work->new_picture || work->picture_path == NULL)
    changes |= FL_SESSION_PICTURE;
  TAKE (self->picture_path, work->picture_path, g_free);
  TAKE (self->picture, work->picture, fl_picture_unref);
  TAKE (self->shown, work->shown, fl_picture_unref);
  TAKE (self->input, work->input, fl_tensor_unref);
  TAKE (self->before, work->before, fl_prediction_unref);
  TAKE (self->now, work->now, fl_prediction_unref);
  TAKE (self->profile, work->profile, fl_profile_unref);
  self->now_state = work->edits_state;
  if (fl_session_now_is_current (self))
    self->forward_wanted = FALSE;
  self->label = self->before == NULL ? -1 : work->label;
  self->label_known = self->before != NULL && work->label_known;
  self->profile_label_known = self->label_known;
  self->profile_wanted = FALSE;
  /* The most salient filter is where everybody begins, with every picture anew. */
  if ((self->selected < 0 || (changes & FL_SESSION_PICTURE) != 0) && self->profile != NULL
      && self->profile->n_filters > 0)
    {
      self->selected = self->profile->order[0];
      changes |= FL_SESSION_SELECTION;
    }
  return changes;
}

/* Filters and label are again those of the results that are shown. */
static FlSessionChanges
take_back (FlSession *self, FlWorkKind kind)
{
  FlSessionChanges changes = 0;

  if (kind == FL_WORK_FORWARD && self->history != NULL
      && fl_filter_history_state (self->history) != self->now_state)
    {
      fl_filter_history_go (self->history, self->now_state);
      changes |= FL_SESSION_FILTERS | FL_SESSION_PREDICTION;
    }
  if (kind == FL_WORK_PROFILE && self->profile != NULL)
    {
      self->label = self->profile->label;
      self->label_known = self->profile_label_known;
      changes |= FL_SESSION_LABEL | FL_SESSION_PROFILE;
    }
  return changes;
}

static void
tell_failure (FlSession *self, FlWork *work)
{
  g_autofree char *name = NULL;
  g_autofree char *title = NULL;

  switch (work->kind)
    {
    case FL_WORK_LOAD:
      name = g_path_get_basename (work->network_path != NULL ? work->network_path
                                                             : work->picture_path);
      title = g_strdup_printf ("%s could not be opened", name);
      break;
    case FL_WORK_FORWARD:
      title = g_strdup ("The prediction could not be computed");
      break;
    case FL_WORK_PROFILE:
    default:
      title = g_strdup ("The saliency could not be computed");
      break;
    }
  g_signal_emit (self, signals[FAILED], 0, title, work->error->message);
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer data)
{
  FlSession *self = FL_SESSION (source);
  FlWork *work = g_task_get_task_data (G_TASK (result));
  FlSessionChanges changes = 0;
  gboolean overtaken = self->overtaken;
  gboolean failed = FALSE;

  self->work = NULL;
  self->overtaken = FALSE;
  self->loading_network = FALSE;
  g_clear_pointer (&self->loading_picture, g_free);
  g_clear_object (&self->cancellable);

  if (overtaken)
    ;
  else if (work->error != NULL)
    {
      failed = !g_error_matches (work->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      changes = take_back (self, work->kind);
    }
  else if (work->kind == FL_WORK_LOAD)
    changes = take_load (self, work);
  else if (work->kind == FL_WORK_FORWARD)
    {
      TAKE (self->now, work->now, fl_prediction_unref);
      self->now_state = work->edits_state;
      changes = FL_SESSION_PREDICTION;
    }
  else
    {
      TAKE (self->profile, work->profile, fl_profile_unref);
      self->profile_label_known = self->label_known;
      changes = FL_SESSION_PROFILE;
    }

  fl_session_emit_changed (self, changes);
  fl_session_schedule (self);
  if (failed)
    tell_failure (self, work);
  else if (!overtaken && work->picture_error != NULL)
    g_signal_emit (self, signals[FAILED], 0, "The network does not go with the picture",
                   work->picture_error->message);
}

static void
run_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  fl_work_run (data, cancellable);
  g_task_return_boolean (task, TRUE);
}

static FlWork *
make_load (FlSession *self)
{
  FlWork *work = fl_work_new (FL_WORK_LOAD, self->pool);

  work->network_path = g_steal_pointer (&self->wanted_network);
  work->new_picture = self->wanted_picture != NULL;
  work->picture_path
      = work->new_picture ? g_steal_pointer (&self->wanted_picture) : g_strdup (self->picture_path);
  work->label = work->new_picture ? self->wanted_label : -1;
  self->loading_network = work->network_path != NULL;
  self->loading_picture = work->new_picture ? g_strdup (work->picture_path) : NULL;
  self->loading_label = work->label;
  return work;
}

static gboolean
on_start (gpointer data)
{
  FlSession *self = data;
  FlWork *work;

  self->start_source = 0;
  if (self->work != NULL || !anything_wanted (self))
    return G_SOURCE_REMOVE;
  if (self->wanted_network != NULL || self->wanted_picture != NULL)
    work = make_load (self);
  else if (self->forward_wanted)
    {
      work = fl_work_new (FL_WORK_FORWARD, self->pool);
      self->forward_wanted = FALSE;
    }
  else
    {
      work = fl_work_new (FL_WORK_PROFILE, self->pool);
      work->label = self->label;
      self->profile_wanted = FALSE;
    }
  if (self->machine != NULL)
    {
      work->machine = fl_machine_ref (self->machine);
      work->edits = fl_filter_history_edits (self->history, fl_model_graph (self->machine->model));
      work->edits_state = fl_filter_history_state (self->history);
    }
  if (self->picture != NULL)
    work->picture = fl_picture_ref (self->picture);
  if (self->shown != NULL)
    work->shown = fl_picture_ref (self->shown);
  if (self->input != NULL)
    work->input = fl_tensor_ref (self->input);

  self->work = work;
  self->cancellable = g_cancellable_new ();

  g_autoptr (GTask) task = g_task_new (self, self->cancellable, on_done, NULL);

  g_task_set_task_data (task, work, (GDestroyNotify) fl_work_free);
  g_task_run_in_thread (task, run_in_thread);
  return G_SOURCE_REMOVE;
}

void
fl_session_schedule (FlSession *self)
{
  if (self->work == NULL && self->start_source == 0 && anything_wanted (self))
    self->start_source = g_idle_add_full (G_PRIORITY_DEFAULT, on_start, self, NULL);
  update_busy (self);
}

void
fl_session_open (FlSession *self, const char *network_path, const char *picture_path, int label)
{
  g_return_if_fail (FL_IS_SESSION (self));
  g_return_if_fail (network_path != NULL || picture_path != NULL);

  if (network_path != NULL)
    {
      g_free (self->wanted_network);
      self->wanted_network = g_strdup (network_path);
    }
  if (picture_path != NULL)
    {
      g_free (self->wanted_picture);
      self->wanted_picture = g_strdup (picture_path);
      self->wanted_label = label;
    }
  /* A picture does not overtake a network: it will be seen by it. What is overtaken, but was not
   * replaced, is still wanted. */
  if (self->work != NULL && !self->overtaken && (network_path != NULL || !self->loading_network))
    {
      if (self->work->kind == FL_WORK_FORWARD)
        self->forward_wanted = TRUE;
      else if (self->work->kind == FL_WORK_PROFILE)
        self->profile_wanted = TRUE;
      else if (self->wanted_picture == NULL && self->loading_picture != NULL)
        {
          self->wanted_picture = g_strdup (self->loading_picture);
          self->wanted_label = self->loading_label;
        }
      fl_session_overtake (self);
    }
  fl_session_schedule (self);
}

FlModel *
fl_session_get_model (FlSession *self)
{
  return self->machine == NULL ? NULL : self->machine->model;
}

FlFilterCatalogue *
fl_session_get_catalogue (FlSession *self)
{
  return self->machine == NULL ? NULL : self->machine->catalogue;
}

const char *
fl_session_get_picture_path (FlSession *self)
{
  return self->picture_path;
}

FlPicture *
fl_session_get_picture (FlSession *self)
{
  return self->picture;
}

FlPicture *
fl_session_get_shown (FlSession *self)
{
  return self->shown;
}

FlTensor *
fl_session_get_input (FlSession *self)
{
  return self->input;
}

int
fl_session_get_label (FlSession *self, gboolean *known)
{
  if (known != NULL)
    *known = self->label_known;
  return self->label;
}

void
fl_session_set_label (FlSession *self, int label)
{
  gboolean known = label >= 0;

  g_return_if_fail (FL_IS_SESSION (self));
  g_return_if_fail (self->before != NULL && label < self->before->n_classes);

  if (!known)
    label = self->before->order[0];
  if (self->label == label && self->label_known == known)
    return;
  self->label = label;
  self->label_known = known;
  if (self->work != NULL && self->work->kind == FL_WORK_PROFILE)
    fl_session_overtake (self);
  self->profile_wanted = !fl_session_profile_is_current (self);
  if (!self->profile_wanted)
    self->profile_label_known = known;
  fl_session_schedule (self);
  fl_session_emit_changed (self, FL_SESSION_LABEL | FL_SESSION_PROFILE);
}

FlPrediction *
fl_session_get_before (FlSession *self)
{
  return self->before;
}

FlPrediction *
fl_session_get_now (FlSession *self)
{
  return self->now;
}

FlProfile *
fl_session_get_profile (FlSession *self)
{
  return self->profile;
}

gboolean
fl_session_now_is_current (FlSession *self)
{
  return self->history == NULL || self->now_state == fl_filter_history_state (self->history);
}

gboolean
fl_session_profile_is_current (FlSession *self)
{
  return self->profile != NULL && self->profile->label == self->label;
}

gboolean
fl_session_profile_is_stale (FlSession *self)
{
  FlSessionProgress progress;

  fl_session_get_progress (self, &progress);
  return progress.long_work
         && (progress.loading || (self->profile != NULL && !fl_session_profile_is_current (self)));
}

int
fl_session_get_selected (FlSession *self)
{
  return self->selected;
}

void
fl_session_set_selected (FlSession *self, int filter)
{
  g_return_if_fail (FL_IS_SESSION (self));

  if (self->machine == NULL || filter >= self->machine->catalogue->n_filters)
    filter = -1;
  if (filter == self->selected)
    return;
  self->selected = filter;
  fl_session_emit_changed (self, FL_SESSION_SELECTION);
}

void
fl_session_get_progress (FlSession *self, FlSessionProgress *progress)
{
  double elapsed = (double) (g_get_monotonic_time () - self->busy_since) / 1e6;
  double seconds_left = 0.0;

  *progress
      = (FlSessionProgress){ .busy = self->progress_source != 0,
                             .loading = self->wanted_network != NULL || self->wanted_picture != NULL
                                        || (self->work != NULL && self->work->kind == FL_WORK_LOAD),
                             .long_work = self->long_work,
                             .seconds_left = -1.0 };
  if (self->work == NULL)
    return;
  fl_work_get_progress (self->work, &progress->fraction, &seconds_left, &progress->phase);
  if (elapsed + seconds_left > LONG_SECONDS)
    progress->seconds_left = seconds_left;
}

void
fl_session_cancel (FlSession *self)
{
  FlSessionChanges changes = 0;

  g_return_if_fail (FL_IS_SESSION (self));

  g_clear_pointer (&self->wanted_network, g_free);
  g_clear_pointer (&self->wanted_picture, g_free);
  self->forward_wanted = FALSE;
  self->profile_wanted = FALSE;
  fl_session_overtake (self);
  changes |= take_back (self, FL_WORK_FORWARD);
  changes |= take_back (self, FL_WORK_PROFILE);
  update_busy (self);
  fl_session_emit_changed (self, changes);
}
