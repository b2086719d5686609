/* Constants whose elements are only moved: selected, joined, repeated or put into another order. */

#include "engine/core/error.h"
#include "engine/formats/onnx-fold-parts.h"

#include <string.h>

#define COPY_RUN(c_type)                                                                           \
  for (gint64 i = 0; i < n; i++)                                                                   \
  memcpy (to + i * (gint64) sizeof (c_type), from + i * stride * (gint64) sizeof (c_type),         \
          sizeof (c_type))

/* Elements of @width bytes, @stride elements apart. Weights are transposed here: it should be
 * quick. */
static void
copy_run (guint8 *to, const guint8 *from, gint64 n, gint64 stride, gsize width)
{
  switch (width)
    {
    case 1:
      COPY_RUN (guint8);
      break;
    case 2:
      COPY_RUN (guint16);
      break;
    case 4:
      COPY_RUN (guint32);
      break;
    default:
      COPY_RUN (guint64);
      break;
    }
}

/* Fills @output from @input, of which the first element is @base, with these strides. */
static void
copy_strided (FlOnnxConstant *output, const FlOnnxConstant *input, gint64 base,
              const gint64 *strides)
{
  FlOnnxOdometer odometer = { .rank = MAX (output->rank - 1, 0), .n = 1 };
  gsize width = fl_onnx_type_width (output->type);
  gint64 run = output->rank > 0 ? output->shape[output->rank - 1] : 1;
  gint64 stride = output->rank > 0 ? strides[output->rank - 1] : 1;
  guint8 *to = (guint8 *) output->data;

  memcpy (odometer.shape, output->shape, sizeof odometer.shape);
  memcpy (odometer.stride[0], strides, (gsize) odometer.rank * sizeof (gint64));
  for (gsize i = 0; i < output->size; i += (gsize) run)
    {
      copy_run (to + i * width, input->data + (base + odometer.offset[0]) * (gint64) width, run,
                stride, width);
      fl_onnx_odometer_next (&odometer);
    }
}

static gboolean
fold_transpose (FlOnnxFold *fold, GError **error)
{
  const FlOnnxConstant *input = fold->inputs[0];
  const gint64 *order;
  gsize n;
  gboolean present;
  gboolean taken[FL_TENSOR_MAX_RANK] = { FALSE };
  gint64 strides[FL_TENSOR_MAX_RANK], shape[FL_TENSOR_MAX_RANK], moved[FL_TENSOR_MAX_RANK];
  FlOnnxConstant *output;

  if (!fl_onnx_node_ints (fold->node, "perm", &order, &n, &present, error))
    return FALSE;
  if (present && n != (gsize) input->rank)
    return fl_onnx_node_error (fold->node, error, FL_ERROR_SHAPE,
                               "an order of %" G_GSIZE_FORMAT " axes, its input has %d", n,
                               input->rank);
  fl_onnx_strides (input->rank, input->shape, strides);
  for (int i = 0; i < input->rank; i++)
    {
      gint64 from = present ? order[i] : input->rank - 1 - i;

      if (from < 0 || from >= input->rank || taken[from])
        return fl_onnx_node_error (fold->node, error, FL_ERROR_MALFORMED,
                                   "axis %" G_GINT64_FORMAT " in 'perm', expected each of %d once",
                                   from, input->rank);
      taken[from] = TRUE;
      shape[i] = input->shape[from];
      moved[i] = strides[from];
    }
  output = fl_onnx_fold_output (fold, 0, input->type, input->rank, shape, error);
  if (output == NULL)
    return FALSE;
  copy_strided (output, input, 0, moved);
  return TRUE;
}

static gboolean
fold_slice (FlOnnxFold *fold, GError **error)
{
  const FlOnnxConstant *input = fold->inputs[0];
  gsize n, n_ends, n_axes, n_steps;
  gboolean present, has_axes, has_steps;
  g_autofree gint64 *starts = fl_onnx_fold_list (fold, 1, "starts", &n, &present, error);
  g_autofree gint64 *ends
      = starts != NULL ? fl_onnx_fold_list (fold, 2, "ends", &n_ends, &present, error) : NULL;
  g_autofree gint64 *axes
      = ends != NULL ? fl_onnx_fold_list (fold, 3, "axes", &n_axes, &has_axes, error) : NULL;
  g_autofree gint64 *steps
      = axes != NULL ? fl_onnx_fold_list (fold, 4, "steps", &n_steps, &has_steps, error) : NULL;
  gint64 strides[FL_TENSOR_MAX_RANK], shape[FL_TENSOR_MAX_RANK];
  gboolean seen[FL_TENSOR_MAX_RANK] = { FALSE };
  gint64 base = 0;
  FlOnnxConstant *output;

  if (steps == NULL)
    return FALSE;
  if (n_ends != n || (has_axes && n_axes != n) || (has_steps && n_steps != n))
    return fl_onnx_node_error (fold->node, error, FL_ERROR_MALFORMED,
                               "starts, ends, axes and steps of different lengths");
  fl_onnx_strides (input->rank, input->shape, strides);
  memcpy (shape, input->shape, sizeof shape);

  for (gsize i = 0; i < n; i++)
    {
      gint64 step = has_steps ? steps[i] : 1;
      gint64 start = starts[i];
      gint64 end = ends[i];
      gint64 size;
      int axis;

      if (!fl_onnx_node_axis (fold->node, has_axes ? axes[i] : (gint64) i, input->rank, &axis,
                              error))
        return FALSE;
      if (seen[axis])
        return fl_onnx_node_error (fold->node, error, FL_ERROR_MALFORMED,
                                   "axis %d is named twice, expected once", axis);
      seen[axis] = TRUE;
      size = input->shape[axis];
      if (step == 0)
        return fl_onnx_node_error (fold->node, error, FL_ERROR_MALFORMED, "a step of 0");
      /* No step is longer than the axis, so that nothing below overflows. */
      step = CLAMP (step, -size - 1, size + 1);
      if (start < 0)
        start += size;
      if (end < 0)
        end += size;
      start = step > 0 ? CLAMP (start, 0, size) : CLAMP (start, -1, size - 1);
      end = step > 0 ? CLAMP (end, 0, size) : CLAMP (end, -1, size - 1);
      shape[axis] = step > 0 ? (MAX (end - start, 0) + step - 1) / step
                             : (MAX (start - end, 0) - step - 1) / -step;
      if (shape[axis] > 0)
        base += start * strides[axis];
      strides[axis] *= step;
    }

  output = fl_onnx_fold_output (fold, 0, input->type, input->rank, shape, error);
  if (output == NULL)
    return FALSE;
  copy_strided (output, input, base, strides);
  return TRUE;
}

static gboolean
fold_expand (FlOnnxFold *fold, GError **error)
{
  const FlOnnxConstant *input = fold->inputs[0];
  gsize n;
  g_autofree gint64 *wanted = fl_onnx_fold_integers (fold, 1, &n, error);
  gint64 input_strides[FL_TENSOR_MAX_RANK];
  gint64 strides[FL_TENSOR_MAX_RANK] = { 0 };
  gint64 shape[FL_TENSOR_MAX_RANK];
  int rank;
  FlOnnxConstant *output;

  if (wanted == NULL)
    return FALSE;
  if (n > FL_TENSOR_MAX_RANK)
    return fl_onnx_node_error (fold->node, error, FL_ERROR_UNSUPPORTED,
                               "%" G_GSIZE_FORMAT " axes, expected at most %d", n,
                               FL_TENSOR_MAX_RANK);
  rank = MAX ((int) n, input->rank);
  fl_onnx_strides (input->rank, input->shape, input_strides);
  for (int i = 0; i < rank; i++)
    {
      int from = i - (rank - input->rank);
      int to = i - (rank - (int) n);
      gint64 size = from >= 0 ? input->shape[from] : 1;
      gint64 other = to >= 0 ? wanted[to] : 1;

      if (size != 1 && other != 1 && size != other)
        return fl_onnx_node_error (fold->node, error, FL_ERROR_SHAPE,
                                   "axis %d has %" G_GINT64_FORMAT
                                   " elements and cannot be expanded to %" G_GINT64_FORMAT,
                                   i, size, other);
      shape[i] = size != 1 ? size : other;
      if (from >= 0 && size != 1)
        strides[i] = input_strides[from];
    }
  output = fl_onnx_fold_output (fold, 0, input->type, rank, shape, error);
  if (output == NULL)
    return FALSE;
  copy_strided (output, input, 0, strides);
  return TRUE;
}

static gboolean
fold_tile (FlOnnxFold *fold, GError **error)
{
  const FlOnnxConstant *input = fold->inputs[0];
  gsize n;
  g_autofree gint64 *repeats = fl_onnx_fold_integers (fold, 1, &n, error);
  gint64 strides[FL_TENSOR_MAX_RANK], shape[FL_TENSOR_MAX_RANK];
  FlOnnxOdometer odometer = { .rank = input->rank };
  FlOnnxConstant *output;

  if (repeats == NULL)
    return FALSE;
  if (n != (gsize) input->rank)
    return fl_onnx_node_error (fold->node, error, FL_ERROR_SHAPE,
                               "%" G_GSIZE_FORMAT " repeats, expected one for each of %d axes", n,
                               input->rank);
  for (int i = 0; i < input->rank; i++)
    if (repeats[i] < 0 || repeats[i] > 1 << 20)
      return fl_onnx_node_error (fold->node, error, FL_ERROR_RANGE,
                                 "%" G_GINT64_FORMAT " repeats, expected 0 to 2^20", repeats[i]);
    else
      shape[i] = input->shape[i] * repeats[i];
  output = fl_onnx_fold_output (fold, 0, input->type, input->rank, shape, error);
  if (output == NULL)
    return FALSE;
  fl_onnx_strides (input->rank, input->shape, strides);
  memcpy (odometer.shape, output->shape, sizeof odometer.shape);
  for (gsize i = 0; i < output->size; i++)
    {
      gint64 from = 0;

      for (int axis = 0; axis < input->rank; axis++)
        from += odometer.index[axis] % input->shape[axis] * strides[axis];
      fl_onnx_constant_copy (output, i, input, (gsize) from, 1);
      fl_onnx_odometer_next (&odometer);
    }
  return TRUE;
}

/* The elements before and after an axis, as counts. */
static void
split_sizes (const FlOnnxConstant *constant, int axis, gsize *before, gsize *after)
{
  *before = 1;
  *after = 1;
  for (int i = 0; i < axis; i++)
    *before *= (gsize) constant->shape[i];
  for (int i = axis + 1; i < constant->rank; i++)
    *after *= (gsize) constant->shape[i];
}

static gboolean
fold_gather (FlOnnxFold *fold, GError **error)
{
  const FlOnnxConstant *input = fold->inputs[0];
  const FlOnnxConstant *indices = fold->inputs[1];
  gint64 given;
  int axis, rank;
  gint64 shape[2 * FL_TENSOR_MAX_RANK];
  gsize before, after;
  FlOnnxConstant *output;

  if (!fl_onnx_node_int (fold->node, "axis", 0, &given, error)
      || !fl_onnx_node_axis (fold->node, given, input->rank, &axis, error))
    return FALSE;
  if (fl_onnx_type_is_float (indices->type))
    return fl_onnx_node_error (fold->node, error, FL_ERROR_MALFORMED,
                               "indices of type %s, expected integers",
                               fl_onnx_type_name (indices->type));
  rank = input->rank - 1 + indices->rank;
  memcpy (shape, input->shape, axis * sizeof (gint64));
  memcpy (shape + axis, indices->shape, indices->rank * sizeof (gint64));
  memcpy (shape + axis + indices->rank, input->shape + axis + 1,
          (input->rank - 1 - axis) * sizeof (gint64));
  for (gsize i = 0; i < indices->size; i++)
    {
      gint64 index = fl_onnx_constant_integer (indices, i);

      if (index < -input->shape[axis] || index >= input->shape[axis])
        return fl_onnx_node_error (fold->node, error, FL_ERROR_RANGE,
                                   "index %" G_GINT64_FORMAT ", expected one of %" G_GINT64_FORMAT
                                   " elements",
                                   index, input->shape[axis]);
    }
  output = fl_onnx_fold_output (fold, 0, input->type, rank, shape, error);
  if (output == NULL)
    return FALSE;
  split_sizes (input, axis, &before, &after);
  for (gsize outer = 0; output->size > 0 && outer < before; outer++)
    for (gsize i = 0; i < indices->size; i++)
      {
        gint64 index = fl_onnx_constant_integer (indices, i);

        if (index < 0)
          index += input->shape[axis];
        fl_onnx_constant_copy (output, (outer * indices->size + i) * after, input,
                               (outer * (gsize) input->shape[axis] + (gsize) index) * after, after);
      }
  return TRUE;
}

static gboolean
fold_concat (FlOnnxFold *fold, GError **error)
{
  const FlOnnxConstant *first = fold->inputs[0];
  gint64 given;
  gint64 shape[FL_TENSOR_MAX_RANK];
  int axis;
  gsize before, after, start = 0;
  FlOnnxConstant *output;

  if (!fl_onnx_node_int (fold->node, "axis", 0, &given, error)
      || !fl_onnx_node_axis (fold->node, given, first->rank, &axis, error))
    return FALSE;
  memcpy (shape, first->shape, sizeof shape);
  shape[axis] = 0;
  for (int k = 0; k < fold->n_inputs; k++)
    {
      const FlOnnxConstant *input = fold->inputs[k];
      gboolean fits = input != NULL && input->rank == first->rank && input->type == first->type;

      for (int i = 0; fits && i < first->rank; i++)
        fits = i == axis || input->shape[i] == first->shape[i];
      if (!fits)
        return fl_onnx_node_error (fold->node, error, FL_ERROR_SHAPE,
                                   "input %d has another type or shape than input 0", k);
      shape[axis] += input->shape[axis];
    }
  output = fl_onnx_fold_output (fold, 0, first->type, first->rank, shape, error);
  if (output == NULL)
    return FALSE;
  split_sizes (output, axis, &before, &after);
  for (int k = 0; k < fold->n_inputs; k++)
    {
      const FlOnnxConstant *input = fold->inputs[k];
      gsize run = (gsize) input->shape[axis] * after;

      for (gsize outer = 0; run > 0 && outer < before; outer++)
        fl_onnx_constant_copy (output, outer * (gsize) shape[axis] * after + start, input,
                               outer * run, run);
      start += run;
    }
  return TRUE;
}

gint64 *
fl_onnx_split_sizes (const FlOnnx__Node *node, gint64 size, int n_outputs, const gint64 *given,
                     gsize n_given, GError **error)
{
  g_autofree gint64 *sizes = g_new0 (gint64, n_outputs + 1);
  gint64 sum = 0;
  gboolean fits = n_given == (gsize) n_outputs;

  if (given == NULL)
    {
      /* Equal parts; what does not divide leaves a smaller last one. */
      gint64 part = (size + n_outputs - 1) / n_outputs;

      for (int i = 0; i < n_outputs; i++)
        {
          sizes[i] = MIN (part, size - sum);
          sum += sizes[i];
        }
      return g_steal_pointer (&sizes);
    }
  for (int i = 0; i < n_outputs && fits; i++)
    {
      fits = given[i] >= 0 && given[i] <= size - sum;
      sizes[i] = given[i];
      sum += fits ? given[i] : 0;
    }
  if (!fits || sum != size)
    {
      fl_onnx_node_error (node, error, FL_ERROR_SHAPE,
                          "%" G_GSIZE_FORMAT
                          " parts, expected %d from 0 elements that add up to %" G_GINT64_FORMAT,
                          n_given, n_outputs, size);
      return NULL;
    }
  return g_steal_pointer (&sizes);
}

static gboolean
fold_split (FlOnnxFold *fold, GError **error)
{
  const FlOnnxConstant *input = fold->inputs[0];
  gint64 given;
  gsize n, before, after, start = 0;
  gboolean present;
  int axis;
  g_autofree gint64 *list = fl_onnx_fold_list (fold, 1, "split", &n, &present, error);
  g_autofree gint64 *sizes = NULL;

  if (list == NULL || !fl_onnx_node_int (fold->node, "axis", 0, &given, error)
      || !fl_onnx_node_axis (fold->node, given, input->rank, &axis, error))
    return FALSE;
  sizes = fl_onnx_split_sizes (fold->node, input->shape[axis], fold->n_outputs,
                               present ? list : NULL, n, error);
  if (sizes == NULL)
    return FALSE;
  split_sizes (input, axis, &before, &after);
  for (int k = 0; k < fold->n_outputs; k++)
    {
      gint64 shape[FL_TENSOR_MAX_RANK];
      gsize run = (gsize) sizes[k] * after;
      FlOnnxConstant *output;

      memcpy (shape, input->shape, sizeof shape);
      shape[axis] = sizes[k];
      output = fl_onnx_fold_output (fold, k, input->type, input->rank, shape, error);
      if (output == NULL)
        return FALSE;
      for (gsize outer = 0; run > 0 && outer < before; outer++)
        fl_onnx_constant_copy (output, outer * run, input,
                               outer * (gsize) input->shape[axis] * after + start, run);
      start += run;
    }
  return TRUE;
}

static gboolean
fold_non_zero (FlOnnxFold *fold, GError **error)
{
  const FlOnnxConstant *input = fold->inputs[0];
  FlOnnxOdometer odometer = { .rank = input->rank };
  gint64 shape[2] = { input->rank, 0 };
  gint64 found = 0;
  FlOnnxConstant *output;

  /* Work without a result costs as much. */
  if (!fl_onnx_fold_charge (fold, input->size, error))
    return FALSE;
  for (gsize i = 0; i < input->size; i++)
    shape[1] += fl_onnx_constant_number (input, i) != 0;
  output = fl_onnx_fold_output (fold, 0, FL_ONNX_INT64, 2, shape, error);
  if (output == NULL)
    return FALSE;
  memcpy (odometer.shape, input->shape, sizeof odometer.shape);
  for (gsize i = 0; i < input->size; i++)
    {
      if (fl_onnx_constant_number (input, i) != 0)
        {
          for (int axis = 0; axis < input->rank; axis++)
            fl_onnx_constant_set_integer (output, (gsize) (axis * shape[1] + found),
                                          odometer.index[axis]);
          found++;
        }
      fl_onnx_odometer_next (&odometer);
    }
  return TRUE;
}

const FlOnnxFoldRule fl_onnx_fold_moves[] = {
  { "Transpose", fold_transpose, 1, 1 },
  { "Slice", fold_slice, 1, 5 },
  { "Expand", fold_expand, 2, 2 },
  { "Tile", fold_tile, 2, 2 },
  { "Gather", fold_gather, 2, 2 },
  { "Concat", fold_concat, 1, G_MAXINT },
  { "Split", fold_split, 1, 2 },
  { "NonZero", fold_non_zero, 1, 1 },
  { NULL },
};
