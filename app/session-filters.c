/* The session: which filters are off. */

#include "app/session-private.h"

const guint8 *
fl_session_get_off (FlSession *self)
{
  return self->history == NULL ? NULL : fl_filter_history_off (self->history);
}

int
fl_session_get_n_off (FlSession *self)
{
  return self->history == NULL ? 0 : fl_filter_history_n_off (self->history);
}

/* The filters have changed: the prediction follows. */
static void
follow_filters (FlSession *self)
{
  FlSessionChanges changes = FL_SESSION_FILTERS | FL_SESSION_PREDICTION;

  if (self->work != NULL && self->work->kind == FL_WORK_FORWARD)
    fl_session_overtake (self);
  self->forward_wanted = FALSE;
  if (self->before != NULL && fl_filter_history_n_off (self->history) == 0)
    {
      /* The untouched network has been asked already. */
      g_clear_pointer (&self->now, fl_prediction_unref);
      self->now_state = fl_filter_history_state (self->history);
    }
  else if (self->before != NULL)
    self->forward_wanted = !fl_session_now_is_current (self);
  else
    self->now_state = fl_filter_history_state (self->history);
  fl_session_schedule (self);
  fl_session_emit_changed (self, changes);
}

void
fl_session_toggle (FlSession *self, int filter)
{
  g_return_if_fail (FL_IS_SESSION (self) && self->history != NULL);
  g_return_if_fail (filter >= 0 && filter < self->machine->catalogue->n_filters);

  g_autofree char *name = fl_filter_catalogue_name (self->machine->catalogue, filter);

  fl_filter_history_step (
      self->history, 1, &filter, fl_filter_history_mode (self->history),
      g_strdup_printf ("Switch %s %s", fl_filter_history_off (self->history)[filter] ? "on" : "off",
                       name));
  follow_filters (self);
}

void
fl_session_switch_off_top (FlSession *self, int k)
{
  g_return_if_fail (FL_IS_SESSION (self) && self->history != NULL && self->profile != NULL);
  g_return_if_fail (k >= 1);

  const guint8 *off = fl_filter_history_off (self->history);
  g_autofree int *flipped = g_new0 (int, k);
  int n = 0;

  for (int i = 0; i < MIN (k, self->profile->n_filters); i++)
    if (!off[self->profile->order[i]])
      flipped[n++] = self->profile->order[i];
  if (n == 0)
    return;
  fl_filter_history_step (self->history, n, flipped, fl_filter_history_mode (self->history),
                          k == 1 ? g_strdup ("Switch off the most salient filter")
                                 : g_strdup_printf ("Switch off the %d most salient filters", k));
  follow_filters (self);
}

void
fl_session_restore_all (FlSession *self)
{
  g_return_if_fail (FL_IS_SESSION (self) && self->history != NULL);

  const guint8 *off = fl_filter_history_off (self->history);
  g_autofree int *flipped = g_new0 (int, fl_filter_history_n_off (self->history) + 1);
  int n = 0;

  for (int f = 0; f < self->machine->catalogue->n_filters; f++)
    if (off[f])
      flipped[n++] = f;
  if (n == 0)
    return;
  fl_filter_history_step (self->history, n, flipped, fl_filter_history_mode (self->history),
                          g_strdup ("Restore all"));
  follow_filters (self);
}

FlEditKind
fl_session_get_mode (FlSession *self)
{
  return self->history == NULL ? FL_EDIT_WEIGHTS : fl_filter_history_mode (self->history);
}

void
fl_session_set_mode (FlSession *self, FlEditKind mode)
{
  g_return_if_fail (FL_IS_SESSION (self) && self->history != NULL);

  if (mode == fl_filter_history_mode (self->history))
    return;
  fl_filter_history_step (
      self->history, 0, NULL, mode,
      g_strdup (mode == FL_EDIT_WEIGHTS ? "Zero weights, keep biases" : "Silence whole channels"));
  follow_filters (self);
}

void
fl_session_undo (FlSession *self)
{
  g_return_if_fail (FL_IS_SESSION (self));

  if (self->history != NULL && fl_filter_history_undo (self->history))
    follow_filters (self);
}

void
fl_session_redo (FlSession *self)
{
  g_return_if_fail (FL_IS_SESSION (self));

  if (self->history != NULL && fl_filter_history_redo (self->history))
    follow_filters (self);
}

const char *
fl_session_get_undo_name (FlSession *self)
{
  return self->history == NULL ? NULL : fl_filter_history_undo_name (self->history);
}

const char *
fl_session_get_redo_name (FlSession *self)
{
  return self->history == NULL ? NULL : fl_filter_history_redo_name (self->history);
}
