/* Nodes that compute: convolution, pooling, products, activations, normalisation, arithmetic,
 * means. */

#include "engine/core/error.h"
#include "engine/formats/onnx-fold.h"
#include "engine/formats/onnx-nodes.h"

#include <math.h>
#include <string.h>

#define WINDOW "strides:ax pads:ax dilations:ax auto_pad:s"

/* Operands as they are, all of them; the builder checks the rest. */
static gboolean
emit_plain (FlOnnxImport *import, const FlOnnx__Node *node, FlOnnxValue *const *inputs,
            int n_inputs, const char *attributes, GError **error)
{
  g_autoptr (GVariantDict) dict = g_variant_dict_new (NULL);
  g_autofree int *numbers = g_new (int, n_inputs + 1);

  for (int i = 0; i < n_inputs; i++)
    {
      numbers[i] = -1;
      if ((gsize) i < node->n_input && inputs[i] != NULL
          && !fl_onnx_import_operand (import, node, inputs[i], FL_OPERAND_FINITE, &numbers[i],
                                      error))
        return FALSE;
    }
  while (n_inputs > 0 && numbers[n_inputs - 1] < 0)
    n_inputs--;
  return fl_onnx_copy_attributes (node, attributes, dict, error)
         && fl_onnx_emit (import, node, node->op_type, NULL, n_inputs, numbers, dict, NULL, error);
}

static gboolean
translate_conv (FlOnnxImport *import, const FlOnnx__Node *node, FlOnnxValue *const *inputs,
                GError **error)
{
  const gint64 *kernel;
  const gint64 *shape;
  gsize n;
  int rank;

  for (gsize i = 1; i < node->n_input; i++)
    if (inputs[i] != NULL && !fl_onnx_value_is_constant (inputs[i]))
      return fl_onnx_import_refuse (import, node, "Conv with computed weights");
  if (!fl_onnx_node_ints (node, "kernel_shape", &kernel, &n, NULL, error)
      || !fl_onnx_import_shape (import, inputs[1], &rank, &shape, error))
    return FALSE;
  if (kernel != NULL
      && (n + 2 != (gsize) rank || memcmp (kernel, shape + 2, n * sizeof (gint64)) != 0))
    {
      g_autofree char *text = fl_shape_to_string (rank, shape);

      return fl_onnx_node_error (node, error, FL_ERROR_SHAPE,
                                 "its kernel_shape is not that of its weight, %s", text);
    }
  return emit_plain (import, node, inputs, 3, WINDOW " group:x", error);
}

static gboolean
translate_max_pool (FlOnnxImport *import, const FlOnnx__Node *node, FlOnnxValue *const *inputs,
                    GError **error)
{
  if (fl_onnx_import_output_is_used (import, node, 1))
    return fl_onnx_import_refuse (import, node, "MaxPool with indices");
  return emit_plain (import, node, inputs, 1, WINDOW " kernel_shape:ax ceil_mode:x", error);
}

static gboolean
translate_global_max_pool (FlOnnxImport *import, const FlOnnx__Node *node,
                           FlOnnxValue *const *inputs, GError **error)
{
  g_autoptr (GVariantDict) dict = g_variant_dict_new (NULL);
  const gint64 *shape;
  int rank, number;

  if (!fl_onnx_import_operand (import, node, inputs[0], FL_OPERAND_FINITE, &number, error)
      || !fl_onnx_import_shape (import, inputs[0], &rank, &shape, error))
    return FALSE;
  if (rank != 4)
    return fl_onnx_node_error (node, error, FL_ERROR_UNSUPPORTED, "an input of %d axes, expected 4",
                               rank);
  fl_onnx_dict_ints (dict, "kernel_shape", shape + 2, 2);
  return fl_onnx_emit (import, node, "MaxPool", NULL, 1, &number, dict, NULL, error);
}

static gboolean
translate_batch_normalization (FlOnnxImport *import, const FlOnnx__Node *node,
                               FlOnnxValue *const *inputs, GError **error)
{
  gint64 training, spatial;
  gboolean extra = FALSE;

  if (!fl_onnx_node_int (node, "training_mode", 0, &training, error)
      || !fl_onnx_node_int (node, "spatial", 1, &spatial, error))
    return FALSE;
  for (gsize i = 1; i < node->n_output; i++)
    extra = extra || node->output[i][0] != '\0';
  /* Before operator set 14 the statistics among the outputs are what tells training from inference.
   */
  if ((import->opset >= 14 && training != 0) || (import->opset < 14 && extra))
    return fl_onnx_import_refuse (import, node, "BatchNormalization in training mode");
  if (import->opset < 9 && spatial == 0)
    return fl_onnx_import_refuse (import, node, "BatchNormalization that is not spatial");
  for (gsize i = 1; i < node->n_input; i++)
    if (inputs[i] != NULL && !fl_onnx_value_is_constant (inputs[i]))
      return fl_onnx_import_refuse (import, node, "BatchNormalization with computed statistics");
  return emit_plain (import, node, inputs, 5, "epsilon:d", error);
}

static gboolean
translate_dropout (FlOnnxImport *import, const FlOnnx__Node *node, FlOnnxValue *const *inputs,
                   GError **error)
{
  double training = 0;
  gboolean there, refused;

  if (fl_onnx_import_output_is_used (import, node, 1))
    return fl_onnx_import_refuse (import, node, "Dropout with a mask");
  if (!fl_onnx_number_operand (import, node, inputs, 2, &training, &there, &refused, error))
    return FALSE;
  if (refused)
    return TRUE;
  if (training != 0)
    return fl_onnx_import_refuse (import, node, "Dropout in training mode");
  return fl_onnx_see_through (import, node, inputs, error);
}

static gboolean
emit_clip (FlOnnxImport *import, const FlOnnx__Node *node, FlOnnxValue *input, double low,
           double high, GError **error)
{
  g_autoptr (GVariantDict) dict = g_variant_dict_new (NULL);
  int number;

  if (isnan (low) || isnan (high))
    return fl_onnx_node_error (node, error, FL_ERROR_NOT_FINITE, "a bound is NaN");
  if (!fl_onnx_import_operand (import, node, input, FL_OPERAND_FINITE, &number, error))
    return FALSE;
  /* Bounds that bound nothing are left out: old exporters write the largest float for none. */
  if (low > -G_MAXFLOAT)
    g_variant_dict_insert (dict, "min", "d", low);
  if (high < G_MAXFLOAT)
    g_variant_dict_insert (dict, "max", "d", high);
  return fl_onnx_emit (import, node, "Clip", NULL, 1, &number, dict, NULL, error);
}

static gboolean
translate_clip (FlOnnxImport *import, const FlOnnx__Node *node, FlOnnxValue *const *inputs,
                GError **error)
{
  double low, high;
  gboolean there, refused;

  if (!fl_onnx_node_float (node, "min", (double) -INFINITY, &low, error)
      || !fl_onnx_node_float (node, "max", (double) INFINITY, &high, error)
      || !fl_onnx_number_operand (import, node, inputs, 1, &low, &there, &refused, error))
    return FALSE;
  if (refused)
    return TRUE;
  if (!fl_onnx_number_operand (import, node, inputs, 2, &high, &there, &refused, error))
    return FALSE;
  if (refused)
    return TRUE;
  return emit_clip (import, node, inputs[0], low, high, error);
}

/* Min and Max of a computed value and a number are what Clip does. */
static gboolean
translate_bound (FlOnnxImport *import, const FlOnnx__Node *node, FlOnnxValue *const *inputs,
                 GError **error)
{
  gboolean is_min = g_str_equal (node->op_type, "Min");
  g_autofree char *what = g_strdup_printf ("%s of two computed values or lists", node->op_type);
  FlOnnxValue *computed = NULL;
  double bound = is_min ? (double) INFINITY : (double) -INFINITY;
  int bound_rank = 0;
  const gint64 *shape;
  int rank;

  for (gsize i = 0; i < node->n_input; i++)
    {
      const FlOnnxConstant *constant;
      double number;

      if (inputs[i] == NULL)
        continue;
      if (!fl_onnx_value_is_constant (inputs[i]))
        {
          if (computed != NULL && computed != inputs[i])
            return fl_onnx_import_refuse (import, node, what);
          computed = inputs[i];
          continue;
        }
      constant = fl_onnx_import_constant (import, inputs[i], error);
      if (constant == NULL)
        return FALSE;
      if (constant->size != 1)
        return fl_onnx_import_refuse (import, node, what);
      number = fl_onnx_constant_number (constant, 0);
      if (isnan (number))
        return fl_onnx_node_error (node, error, FL_ERROR_NOT_FINITE, "a bound is NaN");
      bound = is_min ? MIN (bound, number) : MAX (bound, number);
      bound_rank = MAX (bound_rank, constant->rank);
    }
  g_assert (computed != NULL);
  if (!fl_onnx_import_shape (import, computed, &rank, &shape, error))
    return FALSE;
  /* A bound of more axes than the value would add axes to the result. */
  if (bound_rank > rank)
    return fl_onnx_import_refuse (import, node, what);
  return emit_clip (import, node, computed, is_min ? (double) -INFINITY : bound,
                    is_min ? bound : (double) INFINITY, error);
}

static gboolean
translate_arithmetic (FlOnnxImport *import, const FlOnnx__Node *node, FlOnnxValue *const *inputs,
                      GError **error)
{
  gboolean sum = g_str_equal (node->op_type, "Add") || g_str_equal (node->op_type, "Sub");
  gboolean power = g_str_equal (node->op_type, "Pow");
  int numbers[2];

  for (int i = 0; i < 2; i++)
    if (!fl_onnx_import_operand (import, node, inputs[i],
                                 sum               ? FL_OPERAND_INFINITE
                                 : power && i == 1 ? FL_OPERAND_INTEGER
                                                   : FL_OPERAND_FINITE,
                                 &numbers[i], error))
      return FALSE;
  return fl_onnx_emit (import, node, node->op_type, NULL, 2, numbers, NULL, NULL, error);
}

static gboolean
translate_softmax (FlOnnxImport *import, const FlOnnx__Node *node, FlOnnxValue *const *inputs,
                   GError **error)
{
  gboolean flat = import->opset < 13; /* then all axes from `axis` on are one */
  gint64 given, shape[FL_TENSOR_MAX_RANK];
  const gint64 *there;
  int rank, axis, number;
  int last = -1;    /* the last of the axes that are one and have more than one element */
  int n_wide = 0;   /* how many there are */
  gint64 total = 1; /* elements, those of one sum, and how many sums there are */
  gint64 together = 1, rows;
  g_autoptr (GVariantDict) dict = g_variant_dict_new (NULL);
  g_autoptr (GVariantDict) reshape = g_variant_dict_new (NULL);

  if (!fl_onnx_node_int (node, "axis", flat ? 1 : -1, &given, error)
      || !fl_onnx_import_operand (import, node, inputs[0], FL_OPERAND_FINITE, &number, error)
      || !fl_onnx_import_shape (import, inputs[0], &rank, &there, error))
    return FALSE;
  axis = rank;
  if (!(flat && given == rank) && !fl_onnx_node_axis (node, given, rank, &axis, error))
    return FALSE;

  memcpy (shape, there, (gsize) rank * sizeof (gint64));
  for (int i = 0; i < rank; i++)
    {
      total *= shape[i];
      if (i == axis || (flat && i > axis))
        {
          together *= shape[i];
          if (shape[i] > 1 || last < 0)
            last = i;
          n_wide += shape[i] > 1;
        }
    }
  rows = total / together;

  /* It ends the network and normalises over everything there is: left out, logits are logits. */
  if (node == import->softmax && together == total)
    {
      g_free (import->set_aside);
      import->set_aside = g_strdup (fl_onnx_node_label (node));
      fl_onnx_import_bind_value (import, node, 0, number);
      return TRUE;
    }

  if (n_wide <= 1 && last >= 0)
    {
      g_variant_dict_insert (dict, "axis", "x", (gint64) last);
      return fl_onnx_emit (import, node, node->op_type, NULL, 1, &number, dict, NULL, error);
    }
  fl_onnx_dict_ints (reshape, "shape", (gint64[]){ rows, together }, 2);
  g_variant_dict_insert (dict, "axis", "x", (gint64) 1);
  if (!fl_onnx_emit (import, node, "Reshape", "flat", 1, &number, reshape, &number, error)
      || !fl_onnx_emit (import, node, node->op_type, "rows", 1, &number, dict, &number, error))
    return FALSE;
  fl_onnx_dict_ints (reshape, "shape", shape, (gsize) rank);
  return fl_onnx_emit (import, node, "Reshape", NULL, 1, &number, reshape, NULL, error);
}

static gboolean
translate_reduction (FlOnnxImport *import, const FlOnnx__Node *node, FlOnnxValue *const *inputs,
                     GError **error)
{
  gboolean sum = g_str_equal (node->op_type, "ReduceSum");
  gboolean reduced[FL_TENSOR_MAX_RANK];
  gint64 axes[FL_TENSOR_MAX_RANK];
  gsize n = 0;
  gint64 keep_axes, count = 1;
  const FlOnnxConstant *list = NULL;
  const gint64 *shape;
  int rank;
  int pair[2];
  g_autoptr (GVariantDict) dict = g_variant_dict_new (NULL);

  if (node->n_input > 1 && inputs[1] != NULL)
    {
      if (!fl_onnx_value_is_constant (inputs[1]))
        return fl_onnx_import_refuse (
            import, node, sum ? "ReduceSum over computed axes" : "ReduceMean over computed axes");
      list = fl_onnx_import_constant (import, inputs[1], error);
      if (list == NULL)
        return FALSE;
    }
  if (!fl_onnx_import_operand (import, node, inputs[0], FL_OPERAND_FINITE, &pair[0], error)
      || !fl_onnx_import_shape (import, inputs[0], &rank, &shape, error)
      || !fl_onnx_node_int (node, "keepdims", 1, &keep_axes, error)
      || !fl_onnx_node_reduced_axes (node, rank, list, reduced, error))
    return FALSE;
  for (int i = 0; i < rank; i++)
    if (reduced[i])
      {
        axes[n++] = i;
        count *= shape[i];
      }
  if (n == 0)
    return fl_onnx_see_through (import, node, inputs, error);
  fl_onnx_dict_ints (dict, "axes", axes, n);
  g_variant_dict_insert (dict, "keepdims", "x", keep_axes);
  if (!fl_onnx_emit (import, node, "ReduceMean", sum ? "mean" : NULL, 1, pair, dict, &pair[0],
                     error))
    return FALSE;
  if (!sum)
    return TRUE;
  pair[1] = fl_onnx_emit_number (import, node, "count", (double) count);
  return fl_onnx_emit (import, node, "Mul", NULL, 2, pair, NULL, NULL, error);
}

const FlOnnxNodeRule fl_onnx_operator_rules[] = {
  { "Conv", 2, 3, NULL, translate_conv },
  { "MaxPool", 1, 1, NULL, translate_max_pool },
  { "GlobalMaxPool", 1, 1, NULL, translate_global_max_pool },
  { "AveragePool", 1, 1, WINDOW " kernel_shape:ax ceil_mode:x count_include_pad:x", NULL },
  { "GlobalAveragePool", 1, 1, NULL, NULL },
  { "BatchNormalization", 5, 5, NULL, translate_batch_normalization },
  { "Dropout", 1, 3, NULL, translate_dropout },
  { "Relu", 1, 1, NULL, NULL },
  { "LeakyRelu", 1, 1, "alpha:d", NULL },
  { "Sigmoid", 1, 1, NULL, NULL },
  { "HardSigmoid", 1, 1, "alpha:d beta:d", NULL },
  { "HardSwish", 1, 1, NULL, NULL },
  { "Tanh", 1, 1, NULL, NULL },
  { "Softplus", 1, 1, NULL, NULL },
  { "Erf", 1, 1, NULL, NULL },
  { "Sqrt", 1, 1, NULL, NULL },
  { "Exp", 1, 1, NULL, NULL },
  { "Log", 1, 1, NULL, NULL },
  { "Abs", 1, 1, NULL, NULL },
  { "Neg", 1, 1, NULL, NULL },
  { "Reciprocal", 1, 1, NULL, NULL },
  { "Elu", 1, 1, "alpha:d", NULL },
  { "Gelu", 1, 1, "approximate:s", NULL },
  { "Clip", 1, 3, NULL, translate_clip },
  { "Min", 1, G_MAXINT, NULL, translate_bound },
  { "Max", 1, G_MAXINT, NULL, translate_bound },
  { "Add", 2, 2, NULL, translate_arithmetic },
  { "Sub", 2, 2, NULL, translate_arithmetic },
  { "Mul", 2, 2, NULL, translate_arithmetic },
  { "Div", 2, 2, NULL, translate_arithmetic },
  { "Pow", 2, 2, NULL, translate_arithmetic },
  { "Gemm", 2, 3, "alpha:d beta:d transA:x transB:x", NULL },
  { "MatMul", 2, 2, NULL, NULL },
  { "Softmax", 1, 1, NULL, translate_softmax },
  { "LogSoftmax", 1, 1, NULL, translate_softmax },
  { "ReduceMean", 1, 2, NULL, translate_reduction },
  { "ReduceSum", 1, 2, NULL, translate_reduction },
  { NULL },
};
