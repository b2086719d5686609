/* Nodes that are several operators of the graph. */

#include "engine/core/error.h"
#include "engine/formats/onnx-nodes.h"

#include <math.h>

/* One step of a node: an operator of two inputs. */
static gboolean
emit_pair (FlOnnxImport *import, const FlOnnx__Node *node, const char *type, const char *part,
           int a, int b, int *result, GError **error)
{
  int pair[2] = { a, b };

  return fl_onnx_emit (import, node, type, part, 2, pair, NULL, result, error);
}

static gboolean
translate_sum (FlOnnxImport *import, const FlOnnx__Node *node, FlOnnxValue *const *inputs,
               GError **error)
{
  gboolean mean = g_str_equal (node->op_type, "Mean");
  gsize n = node->n_input;
  gsize first = n;
  gsize left = n - 1;
  int sum, next;

  /* Begins with a computed one: two constants have no sum in a graph. */
  for (gsize i = n; i-- > 0;)
    {
      if (inputs[i] == NULL)
        return fl_onnx_node_error (node, error, FL_ERROR_MALFORMED,
                                   "input %" G_GSIZE_FORMAT " is missing", i);
      if (!fl_onnx_value_is_constant (inputs[i]))
        first = i;
    }
  g_assert (first < n);
  if (n == 1)
    return fl_onnx_see_through (import, node, inputs, error);
  if (!fl_onnx_import_operand (import, node, inputs[first], FL_OPERAND_FINITE, &sum, error))
    return FALSE;
  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *part = g_strdup_printf ("sum%" G_GSIZE_FORMAT, i);

      if (i == first)
        continue;
      left--;
      if (!fl_onnx_import_operand (import, node, inputs[i], FL_OPERAND_FINITE, &next, error)
          || !emit_pair (import, node, "Add", left > 0 || mean ? part : NULL, sum, next, &sum,
                         error))
        return FALSE;
    }
  return !mean
         || emit_pair (import, node, "Div", NULL, sum,
                       fl_onnx_emit_number (import, node, "count", (double) n), NULL, error);
}

/* PRelu with one slope for all is LeakyRelu. */
static gboolean
translate_prelu (FlOnnxImport *import, const FlOnnx__Node *node, FlOnnxValue *const *inputs,
                 GError **error)
{
  g_autoptr (GVariantDict) dict = g_variant_dict_new (NULL);
  const FlOnnxConstant *slope;
  int number;

  if (!fl_onnx_value_is_constant (inputs[1]) || fl_onnx_value_is_constant (inputs[0]))
    return fl_onnx_import_refuse (import, node, "PRelu with a computed slope");
  slope = fl_onnx_import_constant (import, inputs[1], error);
  if (slope == NULL)
    return FALSE;
  for (gsize i = 0; i < slope->size; i++)
    if (fl_onnx_constant_number (slope, i) != fl_onnx_constant_number (slope, 0))
      return fl_onnx_import_refuse (import, node, "PRelu with several slopes");
  if (slope->size == 0)
    return fl_onnx_node_error (node, error, FL_ERROR_SHAPE, "no slope");
  g_variant_dict_insert (dict, "alpha", "d", fl_onnx_constant_number (slope, 0));
  return fl_onnx_import_operand (import, node, inputs[0], FL_OPERAND_FINITE, &number, error)
         && fl_onnx_emit (import, node, "LeakyRelu", NULL, 1, &number, dict, NULL, error);
}

/* x * tanh (softplus (x)) */
static gboolean
translate_mish (FlOnnxImport *import, const FlOnnx__Node *node, FlOnnxValue *const *inputs,
                GError **error)
{
  int x, gate;

  return fl_onnx_import_operand (import, node, inputs[0], FL_OPERAND_FINITE, &x, error)
         && fl_onnx_emit (import, node, "Softplus", "softplus", 1, &x, NULL, &gate, error)
         && fl_onnx_emit (import, node, "Tanh", "tanh", 1, &gate, NULL, &gate, error)
         && emit_pair (import, node, "Mul", NULL, x, gate, NULL, error);
}

/* (x - mean) / sqrt (variance + epsilon) * scale + bias, over the axes from `axis` on. */
static gboolean
translate_layer_normalization (FlOnnxImport *import, const FlOnnx__Node *node,
                               FlOnnxValue *const *inputs, GError **error)
{
  g_autoptr (GVariantDict) over = g_variant_dict_new (NULL);
  gint64 axes[FL_TENSOR_MAX_RANK];
  const gint64 *shape;
  gint64 given;
  double epsilon;
  int rank, axis, x, mean, centred, spread, scale, bias;
  gboolean has_bias = node->n_input > 2 && inputs[2] != NULL;

  if (fl_onnx_import_output_is_used (import, node, 1)
      || fl_onnx_import_output_is_used (import, node, 2))
    return fl_onnx_import_refuse (import, node, "LayerNormalization with statistics");
  if (!fl_onnx_node_int (node, "axis", -1, &given, error)
      || !fl_onnx_node_float (node, "epsilon", 1e-5, &epsilon, error)
      || !fl_onnx_import_operand (import, node, inputs[0], FL_OPERAND_FINITE, &x, error)
      || !fl_onnx_import_operand (import, node, inputs[1], FL_OPERAND_FINITE, &scale, error)
      || (has_bias
          && !fl_onnx_import_operand (import, node, inputs[2], FL_OPERAND_FINITE, &bias, error))
      || !fl_onnx_import_shape (import, inputs[0], &rank, &shape, error)
      || !fl_onnx_node_axis (node, given, rank, &axis, error))
    return FALSE;
  if (fl_onnx_value_is_constant (inputs[0]))
    return fl_onnx_import_refuse (import, node, "LayerNormalization of constants");
  for (int i = axis; i < rank; i++)
    axes[i - axis] = i;
  fl_onnx_dict_ints (over, "axes", axes, (gsize) (rank - axis));
  g_variant_dict_insert (over, "keepdims", "x", (gint64) 1);

  return fl_onnx_emit (import, node, "ReduceMean", "mean", 1, &x, over, &mean, error)
         && emit_pair (import, node, "Sub", "centred", x, mean, &centred, error)
         && emit_pair (import, node, "Mul", "square", centred, centred, &spread, error)
         && fl_onnx_emit (import, node, "ReduceMean", "variance", 1, &spread, over, &spread, error)
         && emit_pair (import, node, "Add", "shifted", spread,
                       fl_onnx_emit_number (import, node, "epsilon", epsilon), &spread, error)
         && fl_onnx_emit (import, node, "Sqrt", "spread", 1, &spread, NULL, &spread, error)
         && emit_pair (import, node, "Div", "normalised", centred, spread, &centred, error)
         && emit_pair (import, node, "Mul", has_bias ? "scaled" : NULL, centred, scale, &centred,
                       error)
         && (!has_bias || emit_pair (import, node, "Add", NULL, centred, bias, NULL, error));
}

const FlOnnxNodeRule fl_onnx_composite_rules[] = {
  { "Sum", 1, G_MAXINT, NULL, translate_sum },
  { "Mean", 1, G_MAXINT, NULL, translate_sum },
  { "PRelu", 2, 2, NULL, translate_prelu },
  { "Mish", 1, 1, NULL, translate_mish },
  { "LayerNormalization", 2, 3, NULL, translate_layer_normalization },
  { NULL },
};
