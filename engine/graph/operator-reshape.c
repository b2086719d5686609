#include "engine/graph/operator-families.h"

#include "engine/core/error.h"
#include "engine/graph/view-loop.h"

/*
 * Operators that keep the elements and their row-major order, and name the axes anew: Reshape,
 * Flatten, Squeeze, Unsqueeze; and Transpose, which changes the order.
 */

/* ---- shape rules ---- */

/* An output of @rank sizes that must hold as many elements as the input. */
static gboolean
set_shape (const FlOperatorRequest *request, FlShape *output, int rank, const gint64 *size,
           GError **error)
{
  gsize count = 0;

  if (rank > FL_TENSOR_MAX_RANK)
    return fl_operator_error (request, error, FL_ERROR_UNSUPPORTED,
                              "its output would have rank %d, expected at most %d", rank,
                              FL_TENSOR_MAX_RANK);
  output->rank = rank;
  for (int i = 0; i < rank; i++)
    output->size[i] = size[i];
  if (!fl_shape_size (rank, size, &count) || count != (gsize) fl_shape_count (&request->inputs[0]))
    {
      g_autofree char *from = fl_shape_text (&request->inputs[0]);
      g_autofree char *to = fl_shape_text (output);

      return fl_operator_error (request, error, FL_ERROR_SHAPE, "cannot make %s of %s", to, from);
    }
  return TRUE;
}

static gboolean
prepare_reshape (const FlOperatorRequest *request, FlShape *outputs, gpointer *parameters,
                 GError **error)
{
  const FlShape *x = &request->inputs[0];
  int n = 0;
  g_autofree gint64 *shape = fl_attribute_ints (request, "shape", &n);
  gboolean allow_zero = fl_attribute_int (request, "allowzero", 0) != 0;
  gint64 known = 1;
  int unknown = -1;

  if (shape == NULL)
    return fl_operator_error (request, error, FL_ERROR_UNSUPPORTED, "its shape is not a constant");
  for (int i = 0; i < n; i++)
    {
      if (shape[i] == 0 && !allow_zero)
        {
          if (i >= x->rank)
            return fl_operator_error (request, error, FL_ERROR_SHAPE,
                                      "axis %d is taken from an input of rank %d", i, x->rank);
          shape[i] = x->size[i];
        }
      if (shape[i] == -1 && unknown < 0)
        unknown = i;
      else if (shape[i] < 0)
        return fl_operator_error (request, error, FL_ERROR_SHAPE,
                                  "size %" G_GINT64_FORMAT " of axis %d", shape[i], i);
      else if (shape[i] > 0 && known > G_MAXINT64 / shape[i])
        return fl_operator_error (request, error, FL_ERROR_SHAPE, "its output would be too large");
      else
        known *= shape[i];
    }
  if (unknown >= 0)
    shape[unknown] = known > 0 ? fl_shape_count (x) / known : 0;
  return set_shape (request, &outputs[0], n, shape, error);
}

static gboolean
prepare_flatten (const FlOperatorRequest *request, FlShape *outputs, gpointer *parameters,
                 GError **error)
{
  const FlShape *x = &request->inputs[0];
  gint64 axis = fl_attribute_int (request, "axis", 1);
  gint64 size[2] = { 1, 1 };

  if (axis < -x->rank || axis > x->rank)
    return fl_operator_error (request, error, FL_ERROR_RANGE,
                              "axis %" G_GINT64_FORMAT " of a value of rank %d", axis, x->rank);
  if (axis < 0)
    axis += x->rank;
  for (int i = 0; i < x->rank; i++)
    size[i < axis ? 0 : 1] *= x->size[i];
  return set_shape (request, &outputs[0], 2, size, error);
}

static gboolean
prepare_squeeze (const FlOperatorRequest *request, FlShape *outputs, gpointer *parameters,
                 GError **error)
{
  const FlShape *x = &request->inputs[0];
  int n = 0;
  g_autofree gint64 *axes = fl_attribute_ints (request, "axes", &n);
  gboolean dropped[FL_TENSOR_MAX_RANK] = { FALSE };
  gint64 size[FL_TENSOR_MAX_RANK];
  int rank = 0;

  for (int i = 0; i < n; i++)
    {
      int axis = 0;

      if (!fl_axis_from_attribute (request, axes[i], x->rank, &axis, error))
        return FALSE;
      if (x->size[axis] != 1)
        return fl_operator_error (request, error, FL_ERROR_SHAPE,
                                  "axis %d has size %" G_GINT64_FORMAT ", expected 1", axis,
                                  x->size[axis]);
      dropped[axis] = TRUE;
    }
  for (int i = 0; i < x->rank; i++)
    if (axes == NULL ? x->size[i] != 1 : !dropped[i])
      size[rank++] = x->size[i];
  return set_shape (request, &outputs[0], rank, size, error);
}

static gboolean
prepare_unsqueeze (const FlOperatorRequest *request, FlShape *outputs, gpointer *parameters,
                   GError **error)
{
  const FlShape *x = &request->inputs[0];
  int n = 0;
  g_autofree gint64 *axes = fl_attribute_ints (request, "axes", &n);
  gboolean added[FL_TENSOR_MAX_RANK] = { FALSE };
  gint64 size[FL_TENSOR_MAX_RANK];
  int next = 0;

  if (axes == NULL)
    return fl_operator_error (request, error, FL_ERROR_UNSUPPORTED, "its axes are not a constant");
  if (n > FL_TENSOR_MAX_RANK - x->rank)
    return fl_operator_error (request, error, FL_ERROR_UNSUPPORTED,
                              "its output would have rank %d, expected at most %d", n + x->rank,
                              FL_TENSOR_MAX_RANK);
  for (int i = 0; i < n; i++)
    {
      int axis = 0;

      if (!fl_axis_from_attribute (request, axes[i], x->rank + n, &axis, error))
        return FALSE;
      if (added[axis])
        return fl_operator_error (request, error, FL_ERROR_RANGE, "axis %d is named twice", axis);
      added[axis] = TRUE;
    }
  for (int i = 0; i < x->rank + n; i++)
    size[i] = added[i] ? 1 : x->size[next++];
  return set_shape (request, &outputs[0], x->rank + n, size, error);
}

/* ---- copying in row-major order ---- */

/* The axes of a view from its last one on, of which pieces are taken. */
typedef struct
{
  const FlView *view;
  int axis;
  gint64 size; /* left of this axis */
  gint64 stride;
} AxisWalk;

static void
walk_next (AxisWalk *walk)
{
  while (walk->size == 1 && walk->axis > 0)
    {
      walk->axis--;
      walk->size = walk->view->shape.size[walk->axis];
      walk->stride = walk->view->stride[walk->axis];
    }
}

static void
walk_take (AxisWalk *walk, gint64 size)
{
  walk->size /= size;
  walk->stride *= size;
  walk_next (walk);
}

static AxisWalk
walk_start (const FlView *view)
{
  AxisWalk walk = { view, view->shape.rank, 1, 0 };

  walk_next (&walk);
  return walk;
}

/*
 * Splits the axes of both views into common pieces, as 6 x 4 and 2 x 12 are 2 x 3 x 4, so that a
 * loop over the pieces visits the elements of both in row-major order. FALSE where there are none,
 * as between 2 x 3 and 3 x 2.
 */
static gboolean
common_loop (FlStridedLoop *loop, const FlView *to, const FlView *from)
{
  gint64 size[FL_LOOP_MAX_AXES];
  gint64 to_stride[FL_LOOP_MAX_AXES];
  gint64 from_stride[FL_LOOP_MAX_AXES];
  AxisWalk a = walk_start (to);
  AxisWalk b = walk_start (from);
  int n = 0;

  while (a.size > 1 || b.size > 1)
    {
      gint64 piece = MIN (a.size, b.size);

      if (piece < 2 || a.size % piece != 0 || b.size % piece != 0)
        return FALSE;
      g_assert (n < FL_LOOP_MAX_AXES);
      size[n] = piece;
      to_stride[n] = a.stride;
      from_stride[n] = b.stride;
      n++;
      walk_take (&a, piece);
      walk_take (&b, piece);
    }
  fl_strided_loop_init (loop, n, size);
  fl_strided_loop_add (loop, to->data, to_stride);
  fl_strided_loop_add (loop, from->data, from_stride);
  return TRUE;
}

/* The elements of @from in row-major order, in working memory, under the shape of @shape. */
static FlView
row_major_copy (const FlRun *run, const FlView *from, const FlShape *shape)
{
  FlView copy = { .shape = from->shape };
  gint64 stride = 1;

  copy.data = fl_scratch_floats (run->scratch, (gsize) fl_shape_count (&from->shape));
  for (int i = copy.shape.rank - 1; i >= 0; i--)
    {
      copy.stride[i] = stride;
      stride *= copy.shape.size[i];
    }
  fl_view_copy (run->pool, &copy, from);
  copy.shape = *shape;
  stride = 1;
  for (int i = copy.shape.rank - 1; i >= 0; i--)
    {
      copy.stride[i] = stride;
      stride *= copy.shape.size[i];
    }
  return copy;
}

static void
reshape_forward (const FlRun *run)
{
  FlStridedLoop loop;

  if (common_loop (&loop, &run->outputs[0], &run->inputs[0]))
    fl_strided_copy (&loop, run->pool);
  else
    {
      FlView copy = row_major_copy (run, &run->inputs[0], &run->outputs[0].shape);

      fl_view_copy (run->pool, &run->outputs[0], &copy);
    }
}

static void
reshape_backward (const FlRun *run)
{
  FlStridedLoop loop;

  if (run->input_gradients[0].data == NULL)
    return;
  if (common_loop (&loop, &run->input_gradients[0], &run->output_gradients[0]))
    fl_strided_add (&loop, run->pool);
  else
    {
      FlView copy = row_major_copy (run, &run->output_gradients[0], &run->inputs[0].shape);

      fl_view_add (run->pool, &run->input_gradients[0], &copy);
    }
}

/* ---- Transpose ---- */

typedef struct
{
  int perm[FL_TENSOR_MAX_RANK]; /* axis i of the output is axis perm[i] of the input */
} TransposeParameters;

static gboolean
prepare_transpose (const FlOperatorRequest *request, FlShape *outputs, gpointer *parameters,
                   GError **error)
{
  const FlShape *x = &request->inputs[0];
  int n = 0;
  g_autofree gint64 *perm = fl_attribute_ints (request, "perm", &n);
  g_autofree TransposeParameters *p = g_new0 (TransposeParameters, 1);
  gboolean seen[FL_TENSOR_MAX_RANK] = { FALSE };

  if (perm != NULL && n != x->rank)
    return fl_operator_error (request, error, FL_ERROR_SHAPE,
                              "perm has %d numbers, its input has rank %d", n, x->rank);
  outputs[0].rank = x->rank;
  for (int i = 0; i < x->rank; i++)
    {
      gint64 axis = perm != NULL ? perm[i] : x->rank - 1 - i;

      if (axis < 0 || axis >= x->rank || seen[axis])
        return fl_operator_error (request, error, FL_ERROR_RANGE,
                                  "perm is not a permutation of 0 to %d", x->rank - 1);
      seen[axis] = TRUE;
      p->perm[i] = (int) axis;
      outputs[0].size[i] = x->size[axis];
    }
  *parameters = g_steal_pointer (&p);
  return TRUE;
}

/* A view of the input's kind, seen with the axes of the output. */
static FlView
permuted (const FlRun *run, const FlView *view)
{
  const TransposeParameters *p = run->parameters;
  FlView result = { .shape = run->outputs[0].shape, .data = view->data };

  for (int i = 0; i < view->shape.rank; i++)
    result.stride[i] = view->stride[p->perm[i]];
  return result;
}

static void
transpose_forward (const FlRun *run)
{
  FlView x = permuted (run, &run->inputs[0]);

  fl_view_copy (run->pool, &run->outputs[0], &x);
}

static void
transpose_backward (const FlRun *run)
{
  FlView dx = permuted (run, &run->input_gradients[0]);

  if (dx.data != NULL)
    fl_view_add (run->pool, &dx, &run->output_gradients[0]);
}

#define RESHAPE(name, rule)                                                                        \
  {                                                                                                \
    .type = name, .min_inputs = 1, .max_inputs = 1, .layout = FL_LAYOUT_FOLLOW, .prepare = rule,   \
    .forward = reshape_forward, .backward = reshape_backward                                       \
  }

static const FlOperatorRecord records[] = {
  RESHAPE ("Reshape", prepare_reshape),
  RESHAPE ("Flatten", prepare_flatten),
  RESHAPE ("Squeeze", prepare_squeeze),
  RESHAPE ("Unsqueeze", prepare_unsqueeze),
  {
      .type = "Transpose",
      .min_inputs = 1,
      .max_inputs = 1,
      .layout = FL_LAYOUT_PERMUTED,
      .prepare = prepare_transpose,
      .forward = transpose_forward,
      .backward = transpose_backward,
  },
};

const FlOperatorRecord *
fl_reshape_records (int *n)
{
  *n = G_N_ELEMENTS (records);
  return records;
}
