#include "app/session-work.h"

#include <glib/gstdio.h>

#include "app/sample-label.h"
#include "engine/formats/picture-file.h"
#include "engine/core/error.h"
#include "engine/formats/input-tensor.h"

/* The longest side of a picture that is handed on to be looked at. */
#define SHOWN_SIDE 1200

/* Guesses for the first time; after that the forward pass has been measured. */
#define READ_BYTES_PER_SECOND 500e6
#define LEAST_READ_SECONDS 0.05
#define PICTURE_SECONDS 0.05
#define MULTIPLY_ADDS_PER_SECOND 10e9
/* A profile is the way back through every layer to weights and values. */
#define PROFILE_PASSES 2.5

FlMachine *
fl_machine_ref (FlMachine *machine)
{
  g_atomic_ref_count_inc (&machine->references);
  return machine;
}

void
fl_machine_unref (FlMachine *machine)
{
  if (!g_atomic_ref_count_dec (&machine->references))
    return;
  g_clear_pointer (&machine->execution, fl_execution_free);
  g_clear_pointer (&machine->plan, fl_plan_unref);
  g_clear_pointer (&machine->catalogue, fl_filter_catalogue_unref);
  g_clear_pointer (&machine->model, fl_model_unref);
  g_clear_pointer (&machine->input, fl_tensor_unref);
  g_free (machine);
}

FlWork *
fl_work_new (FlWorkKind kind, FlPool *pool)
{
  FlWork *work = g_new0 (FlWork, 1);

  work->kind = kind;
  work->pool = pool;
  work->label = -1;
  g_mutex_init (&work->lock);
  return work;
}

void
fl_work_free (FlWork *work)
{
  g_free (work->network_path);
  g_free (work->picture_path);
  g_clear_pointer (&work->edits, fl_edit_list_unref);
  g_clear_pointer (&work->machine, fl_machine_unref);
  g_clear_pointer (&work->picture, fl_picture_unref);
  g_clear_pointer (&work->shown, fl_picture_unref);
  g_clear_pointer (&work->input, fl_tensor_unref);
  g_clear_pointer (&work->before, fl_prediction_unref);
  g_clear_pointer (&work->now, fl_prediction_unref);
  g_clear_pointer (&work->profile, fl_profile_unref);
  g_clear_error (&work->picture_error);
  g_clear_error (&work->error);
  g_mutex_clear (&work->lock);
  g_free (work);
}

static void
begin_phase (FlWork *work, const char *phase, double seconds, double after_seconds)
{
  g_mutex_lock (&work->lock);
  work->before_seconds += work->phase_seconds;
  work->phase = phase;
  work->phase_start = g_get_monotonic_time ();
  work->phase_seconds = seconds;
  work->after_seconds = after_seconds;
  g_mutex_unlock (&work->lock);
}

void
fl_work_get_progress (FlWork *work, double *fraction, double *seconds_left, const char **phase)
{
  g_mutex_lock (&work->lock);

  double elapsed = (double) (g_get_monotonic_time () - work->phase_start) / 1e6;
  double total = work->before_seconds + work->phase_seconds + work->after_seconds;
  /* A phase that takes longer than expected comes ever closer to its end without reaching it. */
  double expected = MAX (work->phase_seconds, 1e-9);
  double part = elapsed < 0.8 * expected ? elapsed / expected
                                         : 1.0 - 0.2 * (0.8 * expected / MAX (elapsed, 1e-9));

  *phase = work->phase;
  *fraction = work->phase == NULL || total <= 0.0
                  ? 0.0
                  : (work->before_seconds + part * work->phase_seconds) / total;
  *seconds_left = (1.0 - part) * MAX (expected, elapsed) + work->after_seconds;
  g_mutex_unlock (&work->lock);
}

static double
forward_seconds (const FlMachine *machine)
{
  if (machine->forward_seconds > 0.0)
    return machine->forward_seconds;
  return 0.01
         + (double) fl_graph_n_multiply_adds (fl_model_graph (machine->model))
               / MULTIPLY_ADDS_PER_SECOND;
}

static FlMachine *
machine_new (const char *path, FlPool *pool, GError **error)
{
  FlModel *model = fl_model_load (path, error);

  if (model == NULL)
    return NULL;

  FlGraph *graph = fl_model_graph (model);
  FlMachine *machine = g_new0 (FlMachine, 1);
  int n_layers = fl_graph_n_layers (graph);
  g_autofree const char **names = g_new0 (const char *, n_layers + 1);
  g_autofree int *n_filters = g_new0 (int, n_layers + 1);

  g_atomic_ref_count_init (&machine->references);
  machine->model = model;
  machine->plan = fl_plan_new (graph, FL_PLAN_KEEP);
  machine->execution = fl_execution_new (machine->plan, pool);
  for (int l = 0; l < n_layers; l++)
    {
      names[l] = fl_graph_layer (graph, l)->name;
      n_filters[l] = fl_graph_layer (graph, l)->n_filters;
    }
  machine->catalogue = fl_filter_catalogue_new (n_layers, names, n_filters);
  return machine;
}

/* Brings the execution to the values of @input with @edits, from wherever it is. */
static gboolean
ensure_forward (FlMachine *machine, FlTensor *input, FlEditList *edits, GCancellable *cancellable,
                GError **error)
{
  int first = fl_execution_set_edits (machine->execution, edits);

  if (machine->input == input)
    return fl_execution_forward_from (machine->execution, first, cancellable, error);

  gint64 start = g_get_monotonic_time ();

  /* Until it has succeeded the execution holds parts of two pictures. */
  g_clear_pointer (&machine->input, fl_tensor_unref);
  if (!fl_execution_forward (machine->execution, input, cancellable, error))
    return FALSE;
  machine->input = fl_tensor_ref (input);
  machine->forward_seconds = (double) (g_get_monotonic_time () - start) / 1e6;
  return TRUE;
}

static FlPrediction *
read_prediction (FlMachine *machine)
{
  return fl_prediction_new (fl_graph_n_classes (fl_model_graph (machine->model)),
                            fl_execution_logits (machine->execution));
}

/* The picture, or one that is smaller by a whole factor: averages of small squares. */
static FlPicture *
make_shown (FlPicture *picture)
{
  int width = fl_picture_width (picture), height = fl_picture_height (picture);
  int factor = (MAX (width, height) + SHOWN_SIDE - 1) / SHOWN_SIDE;

  if (factor <= 1)
    return fl_picture_ref (picture);

  int small_width = MAX (1, width / factor), small_height = MAX (1, height / factor);
  FlPicture *small = fl_picture_new (small_width, small_height, NULL, 0);
  guint8 *target = fl_picture_pixels_writable (small);
  const guint8 *source = fl_picture_pixels (picture);

  for (int y = 0; y < small_height; y++)
    for (int x = 0; x < small_width; x++)
      for (int c = 0; c < 3; c++)
        {
          guint sum = 0, n = 0;

          for (int dy = 0; dy < factor && y * factor + dy < height; dy++)
            for (int dx = 0; dx < factor && x * factor + dx < width; dx++, n++)
              sum += source[((gsize) (y * factor + dy) * width + x * factor + dx) * 3 + c];
          target[((gsize) y * small_width + x) * 3 + c] = (guint8) ((sum + n / 2) / n);
        }
  return small;
}

/* Sets picture, shown and input from the file; without a network there is no input yet. */
static gboolean
read_picture (FlWork *work, GError **error)
{
  g_autoptr (FlPicture) picture = NULL;
  g_autoptr (FlPicture) shown = NULL;
  g_autoptr (FlTensor) input = NULL;

  if (work->machine == NULL)
    {
      picture = fl_picture_load (work->picture_path, error);
      if (picture == NULL)
        return FALSE;
    }
  else
    {
      const FlInputPreparation *preparation = fl_model_preparation (work->machine->model);

      input = fl_input_tensor_load (work->picture_path, preparation,
                                    fl_model_n_channels (work->machine->model), &picture, error);
      if (input == NULL)
        return FALSE;
      if (picture == NULL)
        shown = fl_input_tensor_to_picture (input, preparation);
    }
  if (picture != NULL)
    shown = make_shown (picture);
  g_clear_pointer (&work->picture, fl_picture_unref);
  g_clear_pointer (&work->shown, fl_picture_unref);
  g_clear_pointer (&work->input, fl_tensor_unref);
  work->picture = g_steal_pointer (&picture);
  work->shown = g_steal_pointer (&shown);
  work->input = g_steal_pointer (&input);
  return TRUE;
}

/* The present picture for a new network. */
static gboolean
prepare_again (FlWork *work, GError **error)
{
  FlTensor *input;

  if (work->picture == NULL)
    return read_picture (work, error);
  input = fl_input_tensor_from_picture (work->picture, fl_model_preparation (work->machine->model),
                                        error);
  if (input == NULL)
    return FALSE;
  g_clear_pointer (&work->input, fl_tensor_unref);
  work->input = input;
  return TRUE;
}

static void
drop_picture (FlWork *work)
{
  g_clear_pointer (&work->picture, fl_picture_unref);
  g_clear_pointer (&work->shown, fl_picture_unref);
  g_clear_pointer (&work->input, fl_tensor_unref);
  g_clear_pointer (&work->picture_path, g_free);
}

static gboolean
load_network (FlWork *work, GCancellable *cancellable)
{
  GStatBuf status;
  double bytes = g_stat (work->network_path, &status) == 0 ? (double) status.st_size : 0.0;
  double seconds = MAX (LEAST_READ_SECONDS, bytes / READ_BYTES_PER_SECOND);
  FlMachine *machine;

  begin_phase (work, "Reading the network", seconds, 4.0 * seconds);
  machine = machine_new (work->network_path, work->pool, &work->error);
  if (machine == NULL || g_cancellable_set_error_if_cancelled (cancellable, &work->error))
    {
      g_clear_pointer (&machine, fl_machine_unref);
      return FALSE;
    }
  g_clear_pointer (&work->machine, fl_machine_unref);
  work->machine = machine;
  return TRUE;
}

static gboolean
load_picture (FlWork *work)
{
  GError *error = NULL;
  double seconds = work->machine == NULL ? 0.0 : forward_seconds (work->machine);

  begin_phase (work, "Reading the picture", PICTURE_SECONDS, seconds * (1.0 + PROFILE_PASSES));
  if (work->new_picture ? read_picture (work, &error) : prepare_again (work, &error))
    return TRUE;
  /* A network that was opened is kept even where the picture is not for it. */
  if (work->network_path == NULL)
    {
      work->error = error;
      return FALSE;
    }
  work->picture_error = error;
  drop_picture (work);
  return TRUE;
}

/* Everything that follows from a network and a picture. */
static gboolean
compute_all (FlWork *work, GCancellable *cancellable)
{
  FlMachine *machine = work->machine;
  int n_classes = fl_graph_n_classes (fl_model_graph (machine->model));
  double seconds = forward_seconds (machine);

  begin_phase (work, "Computing the prediction", seconds, seconds * PROFILE_PASSES);
  if (!ensure_forward (machine, work->input, NULL, cancellable, &work->error))
    return FALSE;
  work->before = read_prediction (machine);

  if (work->label < 0)
    work->label = fl_sample_label (work->picture_path, machine->model);
  work->label_known = work->label >= 0;
  if (!work->label_known)
    work->label = work->before->order[0];
  if (work->label >= n_classes)
    {
      g_set_error (&work->error, FL_ERROR, FL_ERROR_RANGE,
                   "label %d: the network has classes 0 to %d", work->label, n_classes - 1);
      return FALSE;
    }

  seconds = forward_seconds (machine);
  begin_phase (work, "Computing the saliency of every filter", seconds * PROFILE_PASSES,
               work->edits != NULL ? seconds : 0.0);
  work->profile = fl_profile_compute (machine->execution, work->label, cancellable, &work->error);
  if (work->profile == NULL)
    return FALSE;
  if (work->edits == NULL)
    return TRUE;

  begin_phase (work, "Computing the prediction", seconds, 0.0);
  if (!ensure_forward (machine, work->input, work->edits, cancellable, &work->error))
    return FALSE;
  work->now = read_prediction (machine);
  return TRUE;
}

static void
run_load (FlWork *work, GCancellable *cancellable)
{
  if (work->network_path != NULL)
    {
      if (!load_network (work, cancellable))
        return;
      /* Edits and labels count by the network that was. */
      g_clear_pointer (&work->edits, fl_edit_list_unref);
      g_clear_pointer (&work->input, fl_tensor_unref);
    }
  if (work->picture_path != NULL && (work->new_picture || work->network_path != NULL)
      && !load_picture (work))
    return;
  if (work->machine != NULL && work->input != NULL)
    compute_all (work, cancellable);
}

void
fl_work_run (FlWork *work, GCancellable *cancellable)
{
  FlMachine *machine = work->machine;
  double seconds = machine == NULL ? 0.0 : forward_seconds (machine);

  switch (work->kind)
    {
    case FL_WORK_LOAD:
      run_load (work, cancellable);
      break;
    case FL_WORK_FORWARD:
      begin_phase (work, "Computing the prediction", seconds, 0.0);
      if (ensure_forward (machine, work->input, work->edits, cancellable, &work->error))
        work->now = read_prediction (machine);
      break;
    case FL_WORK_PROFILE:
      begin_phase (work, "Computing the saliency of every filter", seconds * (1.0 + PROFILE_PASSES),
                   0.0);
      if (ensure_forward (machine, work->input, NULL, cancellable, &work->error))
        work->profile
            = fl_profile_compute (machine->execution, work->label, cancellable, &work->error);
      break;
    default:
      g_assert_not_reached ();
    }
}
