#include "app/filter-history.h"

/* Steps are kept as what they change, so that undoing is doing the same again. */
typedef struct
{
  char *name;
  int n_flipped;
  int *flipped;
  FlEditKind mode_before;
  FlEditKind mode_after;
  guint64 state_before;
  guint64 state_after;
} Step;

struct _FlFilterHistory
{
  int n_filters;
  int n_off;
  guint8 *off;
  FlEditKind mode;
  GPtrArray *steps; /* of Step */
  guint n_done;     /* steps[0 .. n_done - 1] are done, the rest was undone */
  guint64 state;
  guint64 last_state;
};

static void
step_free (gpointer data)
{
  Step *step = data;

  g_free (step->name);
  g_free (step->flipped);
  g_free (step);
}

FlFilterHistory *
fl_filter_history_new (int n_filters)
{
  FlFilterHistory *history = g_new0 (FlFilterHistory, 1);

  history->n_filters = n_filters;
  history->off = g_new0 (guint8, n_filters + 1);
  history->mode = FL_EDIT_WEIGHTS;
  history->steps = g_ptr_array_new_with_free_func (step_free);
  return history;
}

void
fl_filter_history_free (FlFilterHistory *history)
{
  g_free (history->off);
  g_ptr_array_unref (history->steps);
  g_free (history);
}

const guint8 *
fl_filter_history_off (const FlFilterHistory *history)
{
  return history->off;
}

int
fl_filter_history_n_off (const FlFilterHistory *history)
{
  return history->n_off;
}

FlEditKind
fl_filter_history_mode (const FlFilterHistory *history)
{
  return history->mode;
}

static void
flip (FlFilterHistory *history, const Step *step)
{
  for (int i = 0; i < step->n_flipped; i++)
    {
      guint8 *off = &history->off[step->flipped[i]];

      *off = !*off;
      history->n_off += *off ? 1 : -1;
    }
}

void
fl_filter_history_step (FlFilterHistory *history, int n_flipped, const int *flipped,
                        FlEditKind mode, char *name)
{
  Step *step;

  if (n_flipped == 0 && mode == history->mode)
    {
      g_free (name);
      return;
    }
  step = g_new0 (Step, 1);
  step->name = name;
  step->n_flipped = n_flipped;
  step->flipped = g_memdup2 (flipped, n_flipped * sizeof (int));
  step->mode_before = history->mode;
  step->mode_after = mode;
  step->state_before = history->state;
  step->state_after = ++history->last_state;
  g_ptr_array_set_size (history->steps, (int) history->n_done);
  g_ptr_array_add (history->steps, step);
  fl_filter_history_redo (history);
}

gboolean
fl_filter_history_undo (FlFilterHistory *history)
{
  if (history->n_done == 0)
    return FALSE;

  const Step *step = history->steps->pdata[--history->n_done];

  flip (history, step);
  history->mode = step->mode_before;
  history->state = step->state_before;
  return TRUE;
}

gboolean
fl_filter_history_redo (FlFilterHistory *history)
{
  if (history->n_done == history->steps->len)
    return FALSE;

  const Step *step = history->steps->pdata[history->n_done++];

  flip (history, step);
  history->mode = step->mode_after;
  history->state = step->state_after;
  return TRUE;
}

const char *
fl_filter_history_undo_name (const FlFilterHistory *history)
{
  if (history->n_done == 0)
    return NULL;
  return ((const Step *) history->steps->pdata[history->n_done - 1])->name;
}

const char *
fl_filter_history_redo_name (const FlFilterHistory *history)
{
  if (history->n_done == history->steps->len)
    return NULL;
  return ((const Step *) history->steps->pdata[history->n_done])->name;
}

int
fl_filter_history_n_steps (const FlFilterHistory *history)
{
  return (int) history->steps->len;
}

int
fl_filter_history_n_done (const FlFilterHistory *history)
{
  return (int) history->n_done;
}

const char *
fl_filter_history_name (const FlFilterHistory *history, int step)
{
  g_return_val_if_fail (step >= 0 && step < (int) history->steps->len, NULL);

  return ((const Step *) history->steps->pdata[step])->name;
}

gboolean
fl_filter_history_go_to (FlFilterHistory *history, int n_done)
{
  g_return_val_if_fail (n_done >= 0 && n_done <= (int) history->steps->len, FALSE);

  guint target = (guint) n_done;
  gboolean changed = target != history->n_done;

  while (history->n_done > target)
    fl_filter_history_undo (history);
  while (history->n_done < target)
    fl_filter_history_redo (history);
  return changed;
}

guint64
fl_filter_history_state (const FlFilterHistory *history)
{
  return history->state;
}

gboolean
fl_filter_history_go (FlFilterHistory *history, guint64 state)
{
  guint target = 0;
  gboolean found = state == 0;

  for (guint i = 0; i < history->steps->len && !found; i++)
    if (((const Step *) history->steps->pdata[i])->state_after == state)
      {
        target = i + 1;
        found = TRUE;
      }
  if (!found)
    return FALSE;
  fl_filter_history_go_to (history, (int) target);
  return TRUE;
}

FlEditList *
fl_filter_history_edits (const FlFilterHistory *history, const FlGraph *graph)
{
  g_autofree FlEdit *edits = g_new0 (FlEdit, history->n_off + 1);
  int n = 0;

  if (history->n_off == 0)
    return NULL;
  for (int f = 0; f < history->n_filters; f++)
    if (history->off[f])
      edits[n++] = (FlEdit){ f, history->mode, NULL };
  return fl_edit_list_new (graph, n, edits, NULL);
}
