#include "engine/formats/onnx-fold.h"

#include "engine/core/error.h"
#include "engine/formats/onnx-fold-parts.h"

static const FlOnnxFoldRule *
find_rule (const char *type)
{
  const FlOnnxFoldRule *const families[]
      = { fl_onnx_fold_axes, fl_onnx_fold_moves, fl_onnx_fold_shapes, fl_onnx_fold_arithmetic };

  for (gsize i = 0; i < G_N_ELEMENTS (families); i++)
    for (const FlOnnxFoldRule *rule = families[i]; rule->type != NULL; rule++)
      if (g_strcmp0 (rule->type, type) == 0)
        return rule;
  return NULL;
}

gboolean
fl_onnx_fold_knows (const char *type)
{
  return find_rule (type) != NULL;
}

gboolean
fl_onnx_fold (FlOnnxFold *fold, GError **error)
{
  const FlOnnxFoldRule *rule = find_rule (fold->node->op_type);
  gboolean done;

  g_return_val_if_fail (rule != NULL, FALSE);

  for (int i = 0; i < fold->n_outputs; i++)
    fold->outputs[i] = NULL;

  if (fold->n_inputs < rule->min_inputs || fold->n_inputs > rule->max_inputs)
    return fl_onnx_node_error (fold->node, error, FL_ERROR_MALFORMED,
                               "%d inputs, expected %d to %d", fold->n_inputs, rule->min_inputs,
                               rule->max_inputs);
  for (int i = 0; i < rule->min_inputs; i++)
    if (fold->inputs[i] == NULL)
      return fl_onnx_node_error (fold->node, error, FL_ERROR_MALFORMED,
                                 "input %d is missing, expected %d inputs", i, rule->min_inputs);
  if (fold->n_outputs < 1)
    return fl_onnx_node_error (fold->node, error, FL_ERROR_MALFORMED, "no outputs, expected one");

  done = rule->func (fold, error);
  for (int i = 0; done && i < fold->n_outputs; i++)
    if (fold->outputs[i] == NULL)
      done = fl_onnx_node_error (fold->node, error, FL_ERROR_MALFORMED, "%d outputs, expected %d",
                                 fold->n_outputs, i);
  if (!done)
    for (int i = 0; i < fold->n_outputs; i++)
      g_clear_pointer (&fold->outputs[i], fl_onnx_constant_unref);
  return done;
}

gboolean
fl_onnx_fold_charge (FlOnnxFold *fold, gsize bytes, GError **error)
{
  if ((gint64) bytes > *fold->budget)
    return fl_onnx_node_error (fold->node, error, FL_ERROR_LIMIT,
                               "%" G_GSIZE_FORMAT
                               " bytes of constants, expected at most %" G_GINT64_FORMAT
                               " more to be computed from a file of this size",
                               bytes, *fold->budget);
  *fold->budget -= (gint64) bytes;
  return TRUE;
}

FlOnnxConstant *
fl_onnx_fold_output (FlOnnxFold *fold, int index, FlOnnxType type, int rank, const gint64 *shape,
                     GError **error)
{
  gsize size = 0;
  gsize bytes;

  g_assert (index < fold->n_outputs && fold->outputs[index] == NULL);

  if (fl_onnx_type_width (type) == 0)
    {
      fl_onnx_node_error (fold->node, error, FL_ERROR_UNSUPPORTED,
                          "elements of type %d (%s), expected a float, integer or bool type",
                          (int) type, fl_onnx_type_name (type));
      return NULL;
    }
  if (rank > FL_TENSOR_MAX_RANK)
    {
      fl_onnx_node_error (fold->node, error, FL_ERROR_UNSUPPORTED, "%d axes, expected at most %d",
                          rank, FL_TENSOR_MAX_RANK);
      return NULL;
    }
  if (!fl_onnx_shape_size (rank, shape, &size))
    {
      g_autofree char *text = fl_shape_to_string (rank, shape);

      fl_onnx_node_error (fold->node, error, FL_ERROR_SHAPE,
                          "shape %s, expected sizes from 0 and fewer than 2^40 elements", text);
      return NULL;
    }
  bytes = size * fl_onnx_type_width (type);
  if (!fl_onnx_fold_charge (fold, bytes, error))
    return NULL;
  fold->outputs[index] = fl_onnx_constant_new (type, rank, shape);
  return fold->outputs[index];
}

gint64 *
fl_onnx_fold_integers (FlOnnxFold *fold, int index, gsize *n, GError **error)
{
  const FlOnnxConstant *input = fl_onnx_fold_input (fold, index);
  gint64 *values;

  if (input == NULL || input->rank > 1 || fl_onnx_type_is_float (input->type)
      || input->size > 1 << 20)
    {
      fl_onnx_node_error (fold->node, error, FL_ERROR_MALFORMED,
                          "input %d is not a list of integers", index);
      return NULL;
    }
  if (!fl_onnx_fold_charge (fold, input->size * sizeof (gint64), error))
    return NULL;
  values = g_new (gint64, input->size + 1);
  for (gsize i = 0; i < input->size; i++)
    values[i] = fl_onnx_constant_integer (input, i);
  *n = input->size;
  return values;
}

gboolean
fl_onnx_node_reduced_axes (const FlOnnx__Node *node, int rank, const FlOnnxConstant *axes,
                           gboolean *reduced, GError **error)
{
  const gint64 *values;
  gsize n;
  gint64 noop;

  if (!fl_onnx_node_int (node, "noop_with_empty_axes", 0, &noop, error)
      || !fl_onnx_node_ints (node, "axes", &values, &n, NULL, error))
    return FALSE;
  if (axes != NULL && (axes->rank > 1 || fl_onnx_type_is_float (axes->type)))
    return fl_onnx_node_error (node, error, FL_ERROR_MALFORMED,
                               "input 1 is not a list of integers");
  if (axes != NULL)
    n = axes->size;
  for (int i = 0; i < rank; i++)
    reduced[i] = n == 0 && noop == 0;
  for (gsize i = 0; i < n; i++)
    {
      int axis;

      if (!fl_onnx_node_axis (node, axes != NULL ? fl_onnx_constant_integer (axes, i) : values[i],
                              rank, &axis, error))
        return FALSE;
      reduced[axis] = TRUE;
    }
  return TRUE;
}

gint64 *
fl_onnx_fold_list (FlOnnxFold *fold, int index, const char *name, gsize *n, gboolean *present,
                   GError **error)
{
  const gint64 *values;

  *present = fl_onnx_fold_input (fold, index) != NULL;
  if (*present)
    return fl_onnx_fold_integers (fold, index, n, error);
  if (!fl_onnx_node_ints (fold->node, name, &values, n, present, error))
    return NULL;
  return *n > 0 ? g_memdup2 (values, *n * sizeof (gint64)) : g_new0 (gint64, 1);
}

void
fl_onnx_strides (int rank, const gint64 *shape, gint64 *strides)
{
  gint64 stride = 1;

  for (int i = rank - 1; i >= 0; i--)
    {
      strides[i] = stride;
      stride *= shape[i];
    }
}

gboolean
fl_onnx_fold_broadcast (FlOnnxFold *fold, int first, int n, FlOnnxOdometer *odometer,
                        GError **error)
{
  *odometer = (FlOnnxOdometer){ .n = n };
  for (int k = 0; k < n; k++)
    odometer->rank = MAX (odometer->rank, fold->inputs[first + k]->rank);
  for (int i = 0; i < odometer->rank; i++)
    odometer->shape[i] = 1;

  for (int k = 0; k < n; k++)
    {
      const FlOnnxConstant *input = fold->inputs[first + k];
      gint64 strides[FL_TENSOR_MAX_RANK];
      int skip = odometer->rank - input->rank;

      fl_onnx_strides (input->rank, input->shape, strides);
      for (int i = 0; i < input->rank; i++)
        {
          gint64 *size = &odometer->shape[skip + i];

          if (input->shape[i] != 1 && *size != 1 && *size != input->shape[i])
            return fl_onnx_node_error (fold->node, error, FL_ERROR_SHAPE,
                                       "axis %d has %" G_GINT64_FORMAT " and %" G_GINT64_FORMAT
                                       " elements, expected the same or 1",
                                       skip + i, *size, input->shape[i]);
          if (input->shape[i] != 1)
            {
              *size = input->shape[i];
              odometer->stride[k][skip + i] = strides[i];
            }
        }
    }
  return TRUE;
}
