#include "engine/graph/operator-families.h"

#include "engine/core/error.h"
#include "engine/graph/view-loop.h"

/* Concat, Split and Slice: copies to or from a part of a value. */

/* Elements start, start + step ... of one axis of a view. */
static FlView
part (const FlView *view, int axis, gint64 start, gint64 step, gint64 size)
{
  FlView result = *view;

  result.data += start * view->stride[axis];
  result.stride[axis] = step * view->stride[axis];
  result.shape.size[axis] = size;
  return result;
}

typedef struct
{
  int axis;
} JoinParameters;

static JoinParameters *
join_parameters_new (int axis)
{
  JoinParameters *p = g_new0 (JoinParameters, 1);

  p->axis = axis;
  return p;
}

static gboolean
prepare_concat (const FlOperatorRequest *request, FlShape *outputs, gpointer *parameters,
                GError **error)
{
  FlShape joined = request->inputs[0];
  gint64 total = 0;
  gsize size = 0;
  int axis = 0;

  if (!g_variant_dict_contains (request->attributes, "axis"))
    return fl_operator_error (request, error, FL_ERROR_MALFORMED, "it has no axis");
  if (!fl_axis_from_attribute (request, fl_attribute_int (request, "axis", 0), joined.rank, &axis,
                               error))
    return FALSE;
  for (int i = 0; i < request->n_inputs; i++)
    {
      const FlShape *x = &request->inputs[i];
      gboolean fits = x->rank == joined.rank;

      for (int j = 0; fits && j < joined.rank; j++)
        fits = j == axis || x->size[j] == joined.size[j];
      if (!fits)
        {
          g_autofree char *first = fl_shape_text (&request->inputs[0]);
          g_autofree char *text = x->rank < 0 ? g_strdup ("absent") : fl_shape_text (x);

          return fl_operator_error (request, error, FL_ERROR_SHAPE,
                                    "input %d is %s, which does not join %s along axis %d", i, text,
                                    first, axis);
        }
      if (x->size[axis] > G_MAXINT64 - total)
        return fl_operator_error (request, error, FL_ERROR_SHAPE, "its output would be too large");
      total += x->size[axis];
    }
  joined.size[axis] = total;
  if (!fl_shape_size (joined.rank, joined.size, &size) || size == 0)
    return fl_operator_error (request, error, FL_ERROR_SHAPE,
                              "its output would be empty or too large");
  outputs[0] = joined;
  *parameters = join_parameters_new (axis);
  return TRUE;
}

static void
concat_forward (const FlRun *run)
{
  int axis = ((const JoinParameters *) run->parameters)->axis;
  gint64 start = 0;

  for (int i = 0; i < run->n_inputs; i++)
    {
      gint64 size = run->inputs[i].shape.size[axis];
      FlView y = part (&run->outputs[0], axis, start, 1, size);

      fl_view_copy (run->pool, &y, &run->inputs[i]);
      start += size;
    }
}

static void
concat_backward (const FlRun *run)
{
  int axis = ((const JoinParameters *) run->parameters)->axis;
  gint64 start = 0;

  for (int i = 0; i < run->n_inputs; i++)
    {
      gint64 size = run->inputs[i].shape.size[axis];
      FlView dy = part (&run->output_gradients[0], axis, start, 1, size);

      if (run->input_gradients[i].data != NULL)
        fl_view_add (run->pool, &run->input_gradients[i], &dy);
      start += size;
    }
}

static gboolean
prepare_split (const FlOperatorRequest *request, FlShape *outputs, gpointer *parameters,
               GError **error)
{
  const FlShape *x = &request->inputs[0];
  int n = request->n_outputs;
  int n_sizes = 0;
  g_autofree gint64 *sizes = fl_attribute_ints (request, "split", &n_sizes);
  gint64 rest = 0;
  gint64 share = 0;
  int axis = 0;

  if (!fl_axis_from_attribute (request, fl_attribute_int (request, "axis", 0), x->rank, &axis,
                               error))
    return FALSE;
  if (sizes != NULL && n_sizes != n)
    return fl_operator_error (request, error, FL_ERROR_SHAPE, "split has %d numbers for %d outputs",
                              n_sizes, n);
  rest = x->size[axis];
  /* Equal parts, where the last may be smaller. */
  share = (rest + n - 1) / n;
  for (int i = 0; i < n; i++)
    {
      gint64 size = sizes != NULL ? sizes[i] : MIN (share, rest);

      if (size < 1 || size > rest)
        return fl_operator_error (request, error, FL_ERROR_SHAPE,
                                  "output %d would have %" G_GINT64_FORMAT
                                  " of the %" G_GINT64_FORMAT " elements left along axis %d",
                                  i, size, rest, axis);
      outputs[i] = *x;
      outputs[i].size[axis] = size;
      rest -= size;
    }
  if (rest != 0)
    return fl_operator_error (request, error, FL_ERROR_SHAPE,
                              "its outputs leave %" G_GINT64_FORMAT " of the %" G_GINT64_FORMAT
                              " elements along axis %d",
                              rest, x->size[axis], axis);
  *parameters = join_parameters_new (axis);
  return TRUE;
}

static void
split_forward (const FlRun *run)
{
  int axis = ((const JoinParameters *) run->parameters)->axis;
  gint64 start = 0;

  for (int i = 0; i < run->n_outputs; i++)
    {
      gint64 size = run->outputs[i].shape.size[axis];
      FlView x = part (&run->inputs[0], axis, start, 1, size);

      fl_view_copy (run->pool, &run->outputs[i], &x);
      start += size;
    }
}

static void
split_backward (const FlRun *run)
{
  int axis = ((const JoinParameters *) run->parameters)->axis;
  gint64 start = 0;

  if (run->input_gradients[0].data == NULL)
    return;
  for (int i = 0; i < run->n_outputs; i++)
    {
      gint64 size = run->outputs[i].shape.size[axis];
      FlView dx = part (&run->input_gradients[0], axis, start, 1, size);

      fl_view_add (run->pool, &dx, &run->output_gradients[i]);
      start += size;
    }
}

typedef struct
{
  gint64 start[FL_TENSOR_MAX_RANK];
  gint64 step[FL_TENSOR_MAX_RANK];
} SliceParameters;

/* The rules of numpy: bounds count from the end where negative, and are then brought into the axis.
 */
static gint64
slice_axis (gint64 size, gint64 start, gint64 end, gint64 step, gint64 *first)
{
  gint64 low = step > 0 ? 0 : -1;
  gint64 high = step > 0 ? size : size - 1;

  if (start < 0)
    start += size;
  if (end < 0)
    end += size;
  start = CLAMP (start, low, high);
  end = CLAMP (end, low, high);
  *first = start;
  if (step > 0)
    return end > start ? (end - start - 1) / step + 1 : 0;
  return start > end ? (start - end - 1) / -step + 1 : 0;
}

static gboolean
prepare_slice (const FlOperatorRequest *request, FlShape *outputs, gpointer *parameters,
               GError **error)
{
  const FlShape *x = &request->inputs[0];
  int n = 0, n_ends = 0, n_axes = 0, n_steps = 0;
  g_autofree gint64 *starts = fl_attribute_ints (request, "starts", &n);
  g_autofree gint64 *ends = fl_attribute_ints (request, "ends", &n_ends);
  g_autofree gint64 *axes = fl_attribute_ints (request, "axes", &n_axes);
  g_autofree gint64 *steps = fl_attribute_ints (request, "steps", &n_steps);
  g_autofree SliceParameters *p = g_new0 (SliceParameters, 1);
  gboolean seen[FL_TENSOR_MAX_RANK] = { FALSE };

  if (starts == NULL || ends == NULL)
    return fl_operator_error (request, error, FL_ERROR_UNSUPPORTED,
                              "its starts and ends are not constants");
  if (n_ends != n || (axes != NULL && n_axes != n) || (steps != NULL && n_steps != n)
      || n > x->rank)
    return fl_operator_error (request, error, FL_ERROR_SHAPE,
                              "%d starts, %d ends, %d axes and %d steps on an input of rank %d", n,
                              n_ends, n_axes, n_steps, x->rank);
  outputs[0] = *x;
  for (int i = 0; i < x->rank; i++)
    p->step[i] = 1;
  for (int i = 0; i < n; i++)
    {
      gint64 step = steps != NULL ? steps[i] : 1;
      int axis = 0;

      if (!fl_axis_from_attribute (request, axes != NULL ? axes[i] : i, x->rank, &axis, error))
        return FALSE;
      /* The one number whose negative does not exist is far below any size anyway. */
      if (step == 0 || step == G_MININT64 || seen[axis])
        return fl_operator_error (
            request, error, FL_ERROR_RANGE,
            seen[axis] ? "axis %d is named twice" : "the step of axis %d is 0", axis);
      seen[axis] = TRUE;
      outputs[0].size[axis] = slice_axis (x->size[axis], starts[i], ends[i], step, &p->start[axis]);
      p->step[axis] = outputs[0].size[axis] > 1 ? step : 1;
      if (outputs[0].size[axis] == 0)
        return fl_operator_error (request, error, FL_ERROR_SHAPE,
                                  "nothing is left of axis %d, which has size %" G_GINT64_FORMAT,
                                  axis, x->size[axis]);
    }
  *parameters = g_steal_pointer (&p);
  return TRUE;
}

/* The part of a view of the input's shape that the slice takes. */
static FlView
slice_of (const FlRun *run, const FlView *view)
{
  const SliceParameters *p = run->parameters;
  FlView result = *view;

  for (int i = 0; i < view->shape.rank; i++)
    result = part (&result, i, p->start[i], p->step[i], run->outputs[0].shape.size[i]);
  return result;
}

static void
slice_forward (const FlRun *run)
{
  FlView x = slice_of (run, &run->inputs[0]);

  fl_view_copy (run->pool, &run->outputs[0], &x);
}

static void
slice_backward (const FlRun *run)
{
  FlView dx;

  if (run->input_gradients[0].data == NULL)
    return;
  dx = slice_of (run, &run->input_gradients[0]);
  fl_view_add (run->pool, &dx, &run->output_gradients[0]);
}

static const FlOperatorRecord records[] = {
  {
      .type = "Concat",
      .min_inputs = 1,
      .max_inputs = G_MAXINT,
      .layout = FL_LAYOUT_FOLLOW,
      .prepare = prepare_concat,
      .forward = concat_forward,
      .backward = concat_backward,
  },
  {
      .type = "Split",
      .min_inputs = 1,
      .max_inputs = 1,
      .layout = FL_LAYOUT_FOLLOW,
      .prepare = prepare_split,
      .forward = split_forward,
      .backward = split_backward,
  },
  {
      .type = "Slice",
      .min_inputs = 1,
      .max_inputs = 1,
      .layout = FL_LAYOUT_FOLLOW,
      .prepare = prepare_slice,
      .forward = slice_forward,
      .backward = slice_backward,
  },
};

const FlOperatorRecord *
fl_slicing_records (int *n)
{
  *n = G_N_ELEMENTS (records);
  return records;
}
