/* The session: which filters are off. */

#include "app/session-private.h"

#include "engine/core/random.h"

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

/* One step that switches off those of @filters that are on; nothing where all are off.
 * @name: (transfer full) */
static void
switch_off (FlSession *self, int n, const int *filters, char *name)
{
  const guint8 *off = fl_filter_history_off (self->history);
  g_autofree int *flipped = g_new0 (int, n + 1);
  g_autofree char *owned = name;
  int n_flipped = 0;

  for (int i = 0; i < n; i++)
    if (!off[filters[i]])
      flipped[n_flipped++] = filters[i];
  if (n_flipped == 0)
    return;
  fl_filter_history_step (self->history, n_flipped, flipped, fl_filter_history_mode (self->history),
                          g_steal_pointer (&owned));
  follow_filters (self);
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

  switch_off (self, MIN (k, self->profile->n_filters), self->profile->order,
              k == 1 ? g_strdup ("Switch off the most salient filter")
                     : g_strdup_printf ("Switch off the %d most salient filters", k));
}

void
fl_session_switch_off_random (FlSession *self, int k, guint32 seed)
{
  g_return_if_fail (FL_IS_SESSION (self) && self->history != NULL);
  g_return_if_fail (k >= 1);

  int n_filters = self->machine->catalogue->n_filters;
  int n = MIN (k, n_filters);
  g_autofree guint *chosen = g_new0 (guint, n + 1);
  g_autofree int *filters = g_new0 (int, n + 1);
  g_autoptr (FlRandom) random = fl_random_new (seed);

  fl_random_choose (random, (guint) n, (guint) n_filters, chosen);
  for (int i = 0; i < n; i++)
    filters[i] = (int) chosen[i];
  switch_off (self, n, filters,
              k == 1 ? g_strdup_printf ("Switch off a random filter (seed %u)", seed)
                     : g_strdup_printf ("Switch off %d random filters (seed %u)", k, seed));
}

void
fl_session_switch_off_layer (FlSession *self, int filter)
{
  g_return_if_fail (FL_IS_SESSION (self) && self->history != NULL);

  const FlFilterCatalogue *catalogue = self->machine->catalogue;

  g_return_if_fail (filter >= 0 && filter < catalogue->n_filters);

  int layer = catalogue->layer[filter];
  int first = catalogue->first_filter[layer];
  int n = catalogue->first_filter[layer + 1] - first;
  g_autofree int *filters = g_new0 (int, n + 1);

  for (int i = 0; i < n; i++)
    filters[i] = first + i;
  switch_off (self, n, filters,
              g_strdup_printf ("Switch off layer %s", catalogue->layer_names[layer]));
}

void
fl_session_invert (FlSession *self)
{
  g_return_if_fail (FL_IS_SESSION (self) && self->history != NULL);

  int n = self->machine->catalogue->n_filters;
  g_autofree int *flipped = g_new0 (int, n + 1);

  for (int f = 0; f < n; f++)
    flipped[f] = f;
  fl_filter_history_step (self->history, n, flipped, fl_filter_history_mode (self->history),
                          g_strdup ("Invert on and off"));
  follow_filters (self);
}

void
fl_session_toggle_several (FlSession *self, int n, const int *filters)
{
  g_return_if_fail (FL_IS_SESSION (self) && self->history != NULL);
  g_return_if_fail (n >= 1);

  const guint8 *off = fl_filter_history_off (self->history);
  gboolean any_on = FALSE;

  if (n == 1)
    {
      fl_session_toggle (self, filters[0]);
      return;
    }
  for (int i = 0; i < n; i++)
    any_on = any_on || !off[filters[i]];
  if (any_on)
    {
      switch_off (self, n, filters, g_strdup_printf ("Switch off %d selected filters", n));
      return;
    }
  fl_filter_history_step (self->history, n, filters, fl_filter_history_mode (self->history),
                          g_strdup_printf ("Switch on %d selected filters", n));
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

int
fl_session_get_n_steps (FlSession *self, int *n_done)
{
  g_return_val_if_fail (FL_IS_SESSION (self), 0);

  if (n_done != NULL)
    *n_done = self->history == NULL ? 0 : fl_filter_history_n_done (self->history);
  return self->history == NULL ? 0 : fl_filter_history_n_steps (self->history);
}

const char *
fl_session_get_step_name (FlSession *self, int step)
{
  g_return_val_if_fail (FL_IS_SESSION (self) && self->history != NULL, NULL);

  return fl_filter_history_name (self->history, step);
}

void
fl_session_go_to_step (FlSession *self, int n_done)
{
  g_return_if_fail (FL_IS_SESSION (self) && self->history != NULL);

  if (fl_filter_history_go_to (self->history, n_done))
    follow_filters (self);
}
