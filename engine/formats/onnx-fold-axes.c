/* Constants whose elements stay where they are and whose axes change. */

#include "engine/core/error.h"
#include "engine/formats/onnx-fold-parts.h"

/* Sees an input through under another shape of the same size. */
static gboolean
rename_axes (FlOnnxFold *fold, int rank, const gint64 *shape, GError **error)
{
  gsize size = 0;

  if (rank > FL_TENSOR_MAX_RANK)
    return fl_onnx_node_error (fold->node, error, FL_ERROR_UNSUPPORTED,
                               "%d axes, expected at most %d", rank, FL_TENSOR_MAX_RANK);
  if (!fl_onnx_shape_size (rank, shape, &size) || size != fold->inputs[0]->size)
    {
      g_autofree char *text = fl_shape_to_string (rank, shape);

      return fl_onnx_node_error (fold->node, error, FL_ERROR_SHAPE,
                                 "%" G_GSIZE_FORMAT " elements do not fill shape %s",
                                 fold->inputs[0]->size, text);
    }
  fold->outputs[0] = fl_onnx_constant_reshape (fold->inputs[0], rank, shape);
  return TRUE;
}

static gboolean
fold_identity (FlOnnxFold *fold, GError **error)
{
  fold->outputs[0] = fl_onnx_constant_ref (fold->inputs[0]);
  return TRUE;
}

static gboolean
fold_reshape (FlOnnxFold *fold, GError **error)
{
  const FlOnnxConstant *input = fold->inputs[0];
  gsize n;
  g_autofree gint64 *shape = fl_onnx_fold_integers (fold, 1, &n, error);
  gint64 allow_zero, product = 1;
  int unknown = -1;

  if (shape == NULL || !fl_onnx_node_int (fold->node, "allowzero", 0, &allow_zero, error))
    return FALSE;
  for (gsize i = 0; i < n; i++)
    {
      if (shape[i] == 0 && allow_zero == 0)
        {
          if (i >= (gsize) input->rank)
            return fl_onnx_node_error (fold->node, error, FL_ERROR_SHAPE,
                                       "size %" G_GSIZE_FORMAT
                                       " is to be copied from an input of %d axes",
                                       i, input->rank);
          shape[i] = input->shape[i];
        }
      if (shape[i] == -1 && unknown >= 0)
        return fl_onnx_node_error (fold->node, error, FL_ERROR_SHAPE,
                                   "two sizes are -1, expected one");
      if (shape[i] == -1)
        unknown = (int) i;
      else if (shape[i] < 0 || (shape[i] > 0 && product > (G_GINT64_CONSTANT (1) << 40) / shape[i]))
        return fl_onnx_node_error (fold->node, error, FL_ERROR_SHAPE,
                                   "size %" G_GINT64_FORMAT ", expected -1, 0 or a smaller number",
                                   shape[i]);
      else
        product *= shape[i];
    }
  if (unknown >= 0)
    shape[unknown] = product > 0 ? (gint64) input->size / product : 0;
  return rename_axes (fold, (int) MIN (n, G_MAXINT), shape, error);
}

static gboolean
fold_flatten (FlOnnxFold *fold, GError **error)
{
  const FlOnnxConstant *input = fold->inputs[0];
  gint64 axis;
  gint64 shape[2] = { 1, 1 };

  if (!fl_onnx_node_int (fold->node, "axis", 1, &axis, error))
    return FALSE;
  if (axis < -input->rank || axis > input->rank)
    return fl_onnx_node_error (fold->node, error, FL_ERROR_SHAPE,
                               "axis %" G_GINT64_FORMAT ", expected one of %d axes", axis,
                               input->rank);
  if (axis < 0)
    axis += input->rank;
  for (int i = 0; i < input->rank; i++)
    shape[i >= axis] *= input->shape[i];
  return rename_axes (fold, 2, shape, error);
}

static gboolean
fold_squeeze (FlOnnxFold *fold, GError **error)
{
  const FlOnnxConstant *input = fold->inputs[0];
  gsize n;
  gboolean present;
  g_autofree gint64 *axes = fl_onnx_fold_list (fold, 1, "axes", &n, &present, error);
  gboolean drop[FL_TENSOR_MAX_RANK] = { FALSE };
  gint64 shape[FL_TENSOR_MAX_RANK];
  int rank = 0;

  if (axes == NULL)
    return FALSE;
  for (int i = 0; i < input->rank && !present; i++)
    drop[i] = input->shape[i] == 1;
  for (gsize i = 0; i < n; i++)
    {
      int axis;

      if (!fl_onnx_node_axis (fold->node, axes[i], input->rank, &axis, error))
        return FALSE;
      if (input->shape[axis] != 1)
        return fl_onnx_node_error (fold->node, error, FL_ERROR_SHAPE,
                                   "axis %d has %" G_GINT64_FORMAT " elements, expected 1", axis,
                                   input->shape[axis]);
      drop[axis] = TRUE;
    }
  for (int i = 0; i < input->rank; i++)
    if (!drop[i])
      shape[rank++] = input->shape[i];
  return rename_axes (fold, rank, shape, error);
}

static gboolean
fold_unsqueeze (FlOnnxFold *fold, GError **error)
{
  const FlOnnxConstant *input = fold->inputs[0];
  gsize n;
  gboolean present;
  g_autofree gint64 *axes = fl_onnx_fold_list (fold, 1, "axes", &n, &present, error);
  gint64 shape[FL_TENSOR_MAX_RANK] = { 0 }; /* 0: not set; new axes are set to 1 first */
  int rank;
  int next = 0;

  if (axes == NULL)
    return FALSE;
  if (n > (gsize) (FL_TENSOR_MAX_RANK - input->rank))
    return fl_onnx_node_error (fold->node, error, FL_ERROR_UNSUPPORTED,
                               "more than %d axes, expected fewer", FL_TENSOR_MAX_RANK);
  rank = input->rank + (int) n;
  for (gsize i = 0; i < n; i++)
    {
      int axis;

      if (!fl_onnx_node_axis (fold->node, axes[i], rank, &axis, error))
        return FALSE;
      if (shape[axis] != 0)
        return fl_onnx_node_error (fold->node, error, FL_ERROR_MALFORMED,
                                   "axis %d stands there twice, expected once", axis);
      shape[axis] = 1;
    }
  for (int i = 0; i < rank; i++)
    if (shape[i] == 0)
      shape[i] = input->shape[next++];
  return rename_axes (fold, rank, shape, error);
}

const FlOnnxFoldRule fl_onnx_fold_axes[] = {
  { "Identity", fold_identity, 1, 1 },   { "Reshape", fold_reshape, 2, 2 },
  { "Flatten", fold_flatten, 1, 1 },     { "Squeeze", fold_squeeze, 1, 2 },
  { "Unsqueeze", fold_unsqueeze, 1, 2 }, { NULL },
};
