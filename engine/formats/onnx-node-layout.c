/* Nodes that move elements or rename axes, and those that read a shape. */

#include "engine/core/error.h"
#include "engine/formats/onnx-fold.h"
#include "engine/formats/onnx-nodes.h"

#include <string.h>

#define MAX_CONCAT 32

/* The value's number and shape; @shape is a copy. */
static gboolean
take_input (FlOnnxImport *import, const FlOnnx__Node *node, FlOnnxValue *value, int *number,
            int *rank, gint64 *shape, GError **error)
{
  const gint64 *there;

  if (!fl_onnx_import_operand (import, node, value, FL_OPERAND_INFINITE, number, error)
      || !fl_onnx_import_shape (import, value, rank, &there, error))
    return FALSE;
  memcpy (shape, there, (gsize) *rank * sizeof (gint64));
  return TRUE;
}

/* Sees through where the result has the shape of the input, else reshapes. */
static gboolean
emit_reshape (FlOnnxImport *import, const FlOnnx__Node *node, FlOnnxValue *const *inputs, int rank,
              const gint64 *shape, GError **error)
{
  g_autoptr (GVariantDict) dict = g_variant_dict_new (NULL);
  gint64 input_shape[FL_TENSOR_MAX_RANK];
  int input_rank, number;

  if (!take_input (import, node, inputs[0], &number, &input_rank, input_shape, error))
    return FALSE;
  if (rank == input_rank && memcmp (shape, input_shape, (gsize) rank * sizeof (gint64)) == 0)
    {
      fl_onnx_import_bind_value (import, node, 0, number);
      return TRUE;
    }
  fl_onnx_dict_ints (dict, "shape", shape, (gsize) rank);
  return fl_onnx_emit (import, node, "Reshape", NULL, 1, &number, dict, NULL, error);
}

static gboolean
translate_cast (FlOnnxImport *import, const FlOnnx__Node *node, FlOnnxValue *const *inputs,
                GError **error)
{
  gint64 type;
  g_autofree char *what = NULL;

  if (!fl_onnx_node_int (node, "to", 0, &type, error))
    return FALSE;
  if (type > 0 && type < 100 && fl_onnx_type_is_float ((FlOnnxType) type))
    return fl_onnx_see_through (import, node, inputs, error);
  what = g_strdup_printf ("Cast of computed values to %s",
                          fl_onnx_type_name ((FlOnnxType) CLAMP (type, 0, 100)));
  return fl_onnx_import_refuse (import, node, what);
}

static gboolean
translate_reshape (FlOnnxImport *import, const FlOnnx__Node *node, FlOnnxValue *const *inputs,
                   GError **error)
{
  g_autoptr (GVariantDict) dict = g_variant_dict_new (NULL);
  g_autofree gint64 *wanted = NULL;
  gint64 shape[FL_TENSOR_MAX_RANK];
  gint64 allow_zero;
  gsize n;
  int rank, number;
  gboolean refused;

  if (!fl_onnx_node_int (node, "allowzero", 0, &allow_zero, error)
      || !fl_onnx_list_operand (import, node, inputs, 1, NULL, &wanted, &n, &refused, error))
    return FALSE;
  if (refused)
    return TRUE;
  if (wanted == NULL)
    return fl_onnx_node_error (node, error, FL_ERROR_MALFORMED, "no shape, expected input 1");
  for (gsize i = 0; i < n && allow_zero != 0; i++)
    if (wanted[i] == 0)
      return fl_onnx_node_error (node, error, FL_ERROR_SHAPE, "an axis without elements");
  if (!take_input (import, node, inputs[0], &number, &rank, shape, error))
    return FALSE;
  fl_onnx_dict_ints (dict, "shape", wanted, n);
  return fl_onnx_emit (import, node, "Reshape", NULL, 1, &number, dict, NULL, error);
}

static gboolean
translate_squeeze (FlOnnxImport *import, const FlOnnx__Node *node, FlOnnxValue *const *inputs,
                   GError **error)
{
  g_autofree gint64 *axes = NULL;
  gint64 shape[FL_TENSOR_MAX_RANK], kept[FL_TENSOR_MAX_RANK];
  gboolean drop[FL_TENSOR_MAX_RANK] = { FALSE };
  gsize n;
  int rank, number;
  int n_kept = 0;
  gboolean refused;

  if (!fl_onnx_list_operand (import, node, inputs, 1, "axes", &axes, &n, &refused, error))
    return FALSE;
  if (refused)
    return TRUE;
  if (!take_input (import, node, inputs[0], &number, &rank, shape, error))
    return FALSE;
  for (int i = 0; i < rank && axes == NULL; i++)
    drop[i] = shape[i] == 1;
  for (gsize i = 0; i < n; i++)
    {
      int axis;

      if (!fl_onnx_node_axis (node, axes[i], rank, &axis, error))
        return FALSE;
      if (shape[axis] != 1)
        return fl_onnx_node_error (node, error, FL_ERROR_SHAPE,
                                   "axis %d has %" G_GINT64_FORMAT " elements, expected 1", axis,
                                   shape[axis]);
      drop[axis] = TRUE;
    }
  for (int i = 0; i < rank; i++)
    if (!drop[i])
      kept[n_kept++] = shape[i];
  return emit_reshape (import, node, inputs, n_kept, kept, error);
}

static gboolean
translate_unsqueeze (FlOnnxImport *import, const FlOnnx__Node *node, FlOnnxValue *const *inputs,
                     GError **error)
{
  g_autofree gint64 *axes = NULL;
  gint64 shape[FL_TENSOR_MAX_RANK];
  gint64 widened[FL_TENSOR_MAX_RANK] = { 0 }; /* 0: not set yet */
  gsize n;
  int rank, number;
  int next = 0;
  gboolean refused;

  if (!fl_onnx_list_operand (import, node, inputs, 1, "axes", &axes, &n, &refused, error))
    return FALSE;
  if (refused)
    return TRUE;
  if (!take_input (import, node, inputs[0], &number, &rank, shape, error))
    return FALSE;
  if (n > (gsize) (FL_TENSOR_MAX_RANK - rank))
    return fl_onnx_node_error (node, error, FL_ERROR_UNSUPPORTED, "more than %d axes",
                               FL_TENSOR_MAX_RANK);
  for (gsize i = 0; i < n; i++)
    {
      int axis;

      if (!fl_onnx_node_axis (node, axes[i], rank + (int) n, &axis, error))
        return FALSE;
      if (widened[axis] != 0)
        return fl_onnx_node_error (node, error, FL_ERROR_MALFORMED,
                                   "axis %d stands there twice, expected once", axis);
      widened[axis] = 1;
    }
  for (int i = 0; i < rank + (int) n; i++)
    if (widened[i] == 0)
      widened[i] = shape[next++];
  return emit_reshape (import, node, inputs, rank + (int) n, widened, error);
}

static gboolean
translate_slice (FlOnnxImport *import, const FlOnnx__Node *node, FlOnnxValue *const *inputs,
                 GError **error)
{
  static const char *const names[] = { "starts", "ends", "axes", "steps" };
  gboolean by_inputs = import->opset >= 10;
  g_autoptr (GVariantDict) dict = g_variant_dict_new (NULL);
  gint64 shape[FL_TENSOR_MAX_RANK];
  int rank, number;
  gsize n_first = 0;

  for (int k = 0; k < 4; k++)
    {
      g_autofree gint64 *list = NULL;
      gsize n;
      gboolean refused;

      if (!fl_onnx_list_operand (import, node, inputs, by_inputs ? k + 1 : -1,
                                 by_inputs ? NULL : names[k], &list, &n, &refused, error))
        return FALSE;
      if (refused)
        return TRUE;
      if (k == 0)
        n_first = n;
      if ((list == NULL && k < 2) || (list != NULL && n != n_first))
        return fl_onnx_node_error (node, error, FL_ERROR_MALFORMED,
                                   "%" G_GSIZE_FORMAT " %s, expected %" G_GSIZE_FORMAT, n, names[k],
                                   n_first);
      if (list == NULL && k == 2)
        {
          list = g_new (gint64, n_first + 1);
          for (gsize i = 0; i < n_first; i++)
            list[i] = (gint64) i;
        }
      if (list != NULL)
        fl_onnx_dict_ints (dict, names[k], list, n_first);
    }
  return take_input (import, node, inputs[0], &number, &rank, shape, error)
         && fl_onnx_emit (import, node, "Slice", NULL, 1, &number, dict, NULL, error);
}

static gboolean
translate_pad (FlOnnxImport *import, const FlOnnx__Node *node, FlOnnxValue *const *inputs,
               GError **error)
{
  gboolean by_inputs = import->opset >= 11;
  g_autoptr (GVariantDict) dict = g_variant_dict_new (NULL);
  g_autofree gint64 *pads = NULL;
  g_autofree gint64 *axes = NULL;
  g_autofree char *mode = NULL;
  gint64 shape[FL_TENSOR_MAX_RANK];
  gint64 all[2 * FL_TENSOR_MAX_RANK] = { 0 };
  gsize n, n_axes;
  double number = 0;
  int rank, input;
  gboolean there, refused;
  gboolean any = FALSE;

  if (!fl_onnx_list_operand (import, node, inputs, by_inputs ? 1 : -1, by_inputs ? NULL : "pads",
                             &pads, &n, &refused, error))
    return FALSE;
  if (refused)
    return TRUE;
  if (!fl_onnx_list_operand (import, node, inputs, by_inputs ? 3 : -1, NULL, &axes, &n_axes,
                             &refused, error))
    return FALSE;
  if (refused)
    return TRUE;
  if (!fl_onnx_node_float (node, "value", 0, &number, error)
      || !fl_onnx_number_operand (import, node, inputs, by_inputs ? 2 : -1, &number, &there,
                                  &refused, error))
    return FALSE;
  if (refused)
    return TRUE;
  if (!fl_onnx_node_text (node, "mode", "constant", &mode, error)
      || !take_input (import, node, inputs[0], &input, &rank, shape, error))
    return FALSE;
  if (axes == NULL)
    n_axes = (gsize) rank;
  if (pads == NULL || n != 2 * n_axes)
    return fl_onnx_node_error (
        node, error, FL_ERROR_MALFORMED,
        "%" G_GSIZE_FORMAT " pads, expected two for each of %" G_GSIZE_FORMAT " axes", n, n_axes);
  for (gsize i = 0; i < n_axes; i++)
    {
      int axis;

      if (!fl_onnx_node_axis (node, axes != NULL ? axes[i] : (gint64) i, rank, &axis, error))
        return FALSE;
      all[axis] = pads[i];
      all[rank + axis] = pads[n_axes + i];
      any = any || pads[i] != 0 || pads[n_axes + i] != 0;
    }
  /* Exporters write Pad before pooling, mostly of nothing. */
  if (!any)
    {
      fl_onnx_import_bind_value (import, node, 0, input);
      return TRUE;
    }
  fl_onnx_dict_ints (dict, "pads", all, (gsize) rank * 2);
  g_variant_dict_insert (dict, "value", "d", number);
  g_variant_dict_insert (dict, "mode", "s", mode);
  return fl_onnx_emit (import, node, "Pad", NULL, 1, &input, dict, NULL, error);
}

/* Joins any number of values, in steps where there are more than an operator takes. */
static gboolean
translate_concat (FlOnnxImport *import, const FlOnnx__Node *node, FlOnnxValue *const *inputs,
                  GError **error)
{
  g_autoptr (GVariantDict) dict = g_variant_dict_new (NULL);
  g_autofree int *numbers = g_new (int, node->n_input);
  gint64 shape[FL_TENSOR_MAX_RANK];
  gint64 given;
  int rank, axis;
  int n = 0;
  int n_steps = 0;

  for (gsize i = 0; i < node->n_input; i++)
    {
      const FlOnnxConstant *constant;

      if (inputs[i] == NULL)
        return fl_onnx_node_error (node, error, FL_ERROR_MALFORMED,
                                   "input %" G_GSIZE_FORMAT " is missing", i);
      if (fl_onnx_value_is_constant (inputs[i]))
        {
          constant = fl_onnx_import_constant (import, inputs[i], error);
          if (constant == NULL)
            return FALSE;
          if (constant->size == 0)
            continue;
        }
      if (!take_input (import, node, inputs[i], &numbers[n], &rank, shape, error))
        return FALSE;
      n++;
    }
  if (n == 0)
    return fl_onnx_node_error (node, error, FL_ERROR_SHAPE, "its inputs have no elements");
  if (!fl_onnx_node_int (node, "axis", 0, &given, error)
      || !fl_onnx_node_axis (node, given, rank, &axis, error))
    return FALSE;
  if (n == 1)
    {
      fl_onnx_import_bind_value (import, node, 0, numbers[0]);
      return TRUE;
    }
  g_variant_dict_insert (dict, "axis", "x", (gint64) axis);
  while (n > MAX_CONCAT)
    {
      int joined = 0;

      for (int i = 0; i < n; i += MAX_CONCAT, joined++)
        {
          g_autofree char *part = g_strdup_printf ("part%d", n_steps++);
          int count = MIN (MAX_CONCAT, n - i);

          if (count == 1)
            numbers[joined] = numbers[i];
          else if (!fl_onnx_emit (import, node, "Concat", part, count, numbers + i, dict,
                                  &numbers[joined], error))
            return FALSE;
        }
      n = joined;
    }
  return fl_onnx_emit (import, node, "Concat", NULL, n, numbers, dict, NULL, error);
}

static gboolean
translate_split (FlOnnxImport *import, const FlOnnx__Node *node, FlOnnxValue *const *inputs,
                 GError **error)
{
  gboolean by_inputs = import->opset >= 13;
  g_autoptr (GVariantDict) dict = g_variant_dict_new (NULL);
  g_autofree gint64 *given = NULL;
  g_autofree gint64 *sizes = NULL;
  g_autofree int *numbers = NULL;
  gint64 shape[FL_TENSOR_MAX_RANK];
  gint64 axis_given;
  gsize n;
  int rank, number, axis;
  int n_outputs = (int) MIN (node->n_output, G_MAXINT);
  gboolean refused;

  if (!fl_onnx_list_operand (import, node, inputs, by_inputs ? 1 : -1, by_inputs ? NULL : "split",
                             &given, &n, &refused, error))
    return FALSE;
  if (refused)
    return TRUE;
  if (!fl_onnx_node_int (node, "axis", 0, &axis_given, error)
      || !take_input (import, node, inputs[0], &number, &rank, shape, error)
      || !fl_onnx_node_axis (node, axis_given, rank, &axis, error))
    return FALSE;
  sizes = fl_onnx_split_sizes (node, shape[axis], n_outputs, given, n, error);
  if (sizes == NULL)
    return FALSE;
  fl_onnx_dict_ints (dict, "split", sizes, (gsize) n_outputs);
  g_variant_dict_insert (dict, "axis", "x", (gint64) axis);
  numbers = g_new (int, n_outputs);
  if (!fl_graph_builder_add_operator (import->builder, "Split",
                                      node->name != NULL ? node->name : "", 1, &number, n_outputs,
                                      (const char *const *) node->output, numbers, dict, error))
    return FALSE;
  for (int i = 0; i < n_outputs; i++)
    fl_onnx_import_bind_value (import, node, (gsize) i, numbers[i]);
  return TRUE;
}

static gboolean
translate_transpose (FlOnnxImport *import, const FlOnnx__Node *node, FlOnnxValue *const *inputs,
                     GError **error)
{
  g_autoptr (GVariantDict) dict = g_variant_dict_new (NULL);
  gint64 shape[FL_TENSOR_MAX_RANK], reversed[FL_TENSOR_MAX_RANK];
  const gint64 *order;
  gsize n;
  gboolean present;
  int rank, number;

  if (!fl_onnx_node_ints (node, "perm", &order, &n, &present, error)
      || !take_input (import, node, inputs[0], &number, &rank, shape, error))
    return FALSE;
  for (int i = 0; i < rank; i++)
    reversed[i] = rank - 1 - i;
  if (!present)
    {
      order = reversed;
      n = (gsize) rank;
    }
  fl_onnx_dict_ints (dict, "perm", order, n);
  return fl_onnx_emit (import, node, "Transpose", NULL, 1, &number, dict, NULL, error);
}

static gboolean
translate_shape (FlOnnxImport *import, const FlOnnx__Node *node, FlOnnxValue *const *inputs,
                 GError **error)
{
  const gint64 *shape;
  int rank;
  FlOnnxConstant *result;

  if (!fl_onnx_import_shape (import, inputs[0], &rank, &shape, error)
      || !fl_onnx_fold_shape (node, rank, shape, &result, error))
    return FALSE;
  fl_onnx_import_bind_constant (import, node, 0, result);
  return TRUE;
}

static gboolean
translate_size (FlOnnxImport *import, const FlOnnx__Node *node, FlOnnxValue *const *inputs,
                GError **error)
{
  const gint64 *shape;
  int rank;
  gint64 size = 1;
  FlOnnxConstant *result;

  if (!fl_onnx_import_shape (import, inputs[0], &rank, &shape, error))
    return FALSE;
  for (int i = 0; i < rank; i++)
    size *= shape[i];
  result = fl_onnx_constant_new (FL_ONNX_INT64, 0, NULL);
  fl_onnx_constant_set_integer (result, 0, size);
  fl_onnx_import_bind_constant (import, node, 0, result);
  return TRUE;
}

/* One element of an axis, by a constant index: a Slice, whose axis goes where the index is a
 * scalar. */
static gboolean
translate_gather (FlOnnxImport *import, const FlOnnx__Node *node, FlOnnxValue *const *inputs,
                  GError **error)
{
  g_autoptr (GVariantDict) slice = g_variant_dict_new (NULL);
  g_autoptr (GVariantDict) reshape = g_variant_dict_new (NULL);
  gint64 shape[FL_TENSOR_MAX_RANK];
  gint64 given, index, end, axis_number;
  const FlOnnxConstant *indices;
  int rank, number, axis;

  if (!fl_onnx_value_is_constant (inputs[1]))
    return fl_onnx_import_refuse (import, node, "Gather with computed indices");
  indices = fl_onnx_import_constant (import, inputs[1], error);
  if (indices == NULL)
    return FALSE;
  if (indices->size != 1 || indices->rank > 1 || fl_onnx_type_is_float (indices->type))
    return fl_onnx_import_refuse (import, node, "Gather of several computed values");
  if (!fl_onnx_node_int (node, "axis", 0, &given, error)
      || !take_input (import, node, inputs[0], &number, &rank, shape, error)
      || !fl_onnx_node_axis (node, given, rank, &axis, error))
    return FALSE;
  index = fl_onnx_constant_integer (indices, 0);
  if (index < -shape[axis] || index >= shape[axis])
    return fl_onnx_node_error (node, error, FL_ERROR_RANGE,
                               "index %" G_GINT64_FORMAT ", expected one of %" G_GINT64_FORMAT
                               " elements",
                               index, shape[axis]);
  if (index < 0)
    index += shape[axis];
  end = index + 1;
  axis_number = axis;
  fl_onnx_dict_ints (slice, "starts", &index, 1);
  fl_onnx_dict_ints (slice, "ends", &end, 1);
  fl_onnx_dict_ints (slice, "axes", &axis_number, 1);
  if (indices->rank == 1)
    return fl_onnx_emit (import, node, "Slice", NULL, 1, &number, slice, NULL, error);
  memmove (shape + axis, shape + axis + 1, (gsize) (rank - 1 - axis) * sizeof (gint64));
  fl_onnx_dict_ints (reshape, "shape", shape, (gsize) rank - 1);
  return fl_onnx_emit (import, node, "Slice", "slice", 1, &number, slice, &number, error)
         && fl_onnx_emit (import, node, "Reshape", NULL, 1, &number, reshape, NULL, error);
}

const FlOnnxNodeRule fl_onnx_layout_rules[] = {
  { "Identity", 1, 1, NULL, fl_onnx_see_through },
  { "Cast", 1, 1, NULL, translate_cast },
  { "Concat", 1, G_MAXINT, NULL, translate_concat },
  { "Split", 1, 2, NULL, translate_split },
  { "Slice", 1, 5, NULL, translate_slice },
  { "Pad", 1, 4, NULL, translate_pad },
  { "Flatten", 1, 1, "axis:x", NULL },
  { "Reshape", 2, 2, NULL, translate_reshape },
  { "Squeeze", 1, 2, NULL, translate_squeeze },
  { "Unsqueeze", 1, 2, NULL, translate_unsqueeze },
  { "Transpose", 1, 1, NULL, translate_transpose },
  { "Shape", 1, 1, NULL, translate_shape },
  { "Size", 1, 1, NULL, translate_size },
  { "Gather", 2, 2, NULL, translate_gather },
  { NULL },
};
