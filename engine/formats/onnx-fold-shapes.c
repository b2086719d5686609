/* Constants that are made from sizes and attributes. */

#include "engine/core/error.h"
#include "engine/formats/onnx-fold-parts.h"

#include <math.h>
#include <string.h>

static gboolean
fold_constant (FlOnnxFold *fold, GError **error)
{
  const FlOnnx__Node *node = fold->node;
  const FlOnnx__Attribute *attribute;
  FlOnnxConstant *output;

  attribute = fl_onnx_node_attribute (node, "value");
  if (attribute != NULL)
    {
      g_autofree char *what = g_strdup_printf ("Constant '%s'", fl_onnx_node_label (node));

      if (attribute->t == NULL)
        return fl_onnx_node_error (node, error, FL_ERROR_MALFORMED,
                                   "attribute 'value' is not a tensor");
      fold->outputs[0] = fl_onnx_tensor_read (fold->document, attribute->t, what, error);
      return fold->outputs[0] != NULL;
    }

  if ((attribute = fl_onnx_node_attribute (node, "value_float")) != NULL
      || (attribute = fl_onnx_node_attribute (node, "value_floats")) != NULL)
    {
      gboolean scalar = g_str_equal (attribute->name, "value_float");
      gint64 length = scalar ? 1 : (gint64) attribute->n_floats;

      output = fl_onnx_fold_output (fold, 0, FL_ONNX_FLOAT, scalar ? 0 : 1, &length, error);
      for (gint64 i = 0; output != NULL && i < length; i++)
        fl_onnx_constant_set_number (output, (gsize) i,
                                     scalar ? attribute->f : attribute->floats[i]);
      return output != NULL;
    }

  if ((attribute = fl_onnx_node_attribute (node, "value_int")) != NULL
      || (attribute = fl_onnx_node_attribute (node, "value_ints")) != NULL)
    {
      gboolean scalar = g_str_equal (attribute->name, "value_int");
      gint64 length = scalar ? 1 : (gint64) attribute->n_ints;

      output = fl_onnx_fold_output (fold, 0, FL_ONNX_INT64, scalar ? 0 : 1, &length, error);
      for (gint64 i = 0; output != NULL && i < length; i++)
        fl_onnx_constant_set_integer (output, (gsize) i,
                                      scalar ? attribute->i : attribute->ints[i]);
      return output != NULL;
    }

  return fl_onnx_node_error (node, error, FL_ERROR_UNSUPPORTED,
                             "a sparse or text value, expected numbers");
}

static gboolean
fold_constant_of_shape (FlOnnxFold *fold, GError **error)
{
  const FlOnnx__Attribute *attribute = fl_onnx_node_attribute (fold->node, "value");
  gsize n;
  g_autofree gint64 *shape = fl_onnx_fold_integers (fold, 0, &n, error);
  g_autoptr (FlOnnxConstant) value = NULL;
  FlOnnxConstant *output;

  if (shape == NULL)
    return FALSE;
  if (attribute != NULL)
    {
      g_autofree char *what
          = g_strdup_printf ("ConstantOfShape '%s'", fl_onnx_node_label (fold->node));

      if (attribute->t == NULL)
        return fl_onnx_node_error (fold->node, error, FL_ERROR_MALFORMED,
                                   "attribute 'value' is not a tensor");
      value = fl_onnx_tensor_read (fold->document, attribute->t, what, error);
      if (value == NULL)
        return FALSE;
      if (value->size != 1)
        return fl_onnx_node_error (fold->node, error, FL_ERROR_MALFORMED,
                                   "a value of %" G_GSIZE_FORMAT " elements, expected 1",
                                   value->size);
    }
  output = fl_onnx_fold_output (fold, 0, value != NULL ? value->type : FL_ONNX_FLOAT,
                                (int) MIN (n, G_MAXINT), shape, error);
  for (gsize i = 0; output != NULL && value != NULL && i < output->size; i++)
    fl_onnx_constant_copy (output, i, value, 0, 1);
  return output != NULL;
}

gboolean
fl_onnx_fold_shape (const FlOnnx__Node *node, int rank, const gint64 *shape,
                    FlOnnxConstant **result, GError **error)
{
  gint64 start, end;

  if (!fl_onnx_node_int (node, "start", 0, &start, error)
      || !fl_onnx_node_int (node, "end", rank, &end, error))
    return FALSE;
  start = CLAMP (start < 0 ? start + rank : start, 0, rank);
  end = CLAMP (end < 0 ? end + rank : end, start, rank);
  *result = fl_onnx_constant_new_integers ((gsize) (end - start), shape + start);
  return TRUE;
}

static gboolean
fold_shape (FlOnnxFold *fold, GError **error)
{
  return fl_onnx_fold_shape (fold->node, fold->inputs[0]->rank, fold->inputs[0]->shape,
                             &fold->outputs[0], error);
}

static gboolean
fold_size (FlOnnxFold *fold, GError **error)
{
  fold->outputs[0] = fl_onnx_constant_new (FL_ONNX_INT64, 0, NULL);
  fl_onnx_constant_set_integer (fold->outputs[0], 0, (gint64) fold->inputs[0]->size);
  return TRUE;
}

static gboolean
fold_range (FlOnnxFold *fold, GError **error)
{
  const FlOnnxConstant *start = fold->inputs[0];
  const FlOnnxConstant *limit = fold->inputs[1];
  const FlOnnxConstant *delta = fold->inputs[2];
  gboolean is_float = fl_onnx_type_is_float (start->type);
  double step, n;
  gint64 length;
  FlOnnxConstant *output;

  if (start->size != 1 || limit->size != 1 || delta->size != 1 || limit->type != start->type
      || delta->type != start->type)
    return fl_onnx_node_error (fold->node, error, FL_ERROR_MALFORMED,
                               "inputs that are not three numbers of one type");
  step = fl_onnx_constant_number (delta, 0);
  n = ceil ((fl_onnx_constant_number (limit, 0) - fl_onnx_constant_number (start, 0)) / step);
  if (step == 0 || !isfinite (n))
    return fl_onnx_node_error (fold->node, error, FL_ERROR_RANGE,
                               "a step of %g, expected one that reaches the limit", step);
  length = n <= 0 ? 0 : n >= 0x1p40 ? (gint64) 1 << 40 : (gint64) n;
  output = fl_onnx_fold_output (fold, 0, start->type, 1, &length, error);
  for (gint64 i = 0; output != NULL && i < length; i++)
    if (is_float)
      fl_onnx_constant_set_number (output, (gsize) i,
                                   fl_onnx_constant_number (start, 0) + (double) i * step);
    else
      fl_onnx_constant_set_integer (
          output, (gsize) i,
          (gint64) ((guint64) fl_onnx_constant_integer (start, 0)
                    + (guint64) i * (guint64) fl_onnx_constant_integer (delta, 0)));
  return output != NULL;
}

static gboolean
fold_cast (FlOnnxFold *fold, GError **error)
{
  const FlOnnxConstant *input = fold->inputs[0];
  gint64 type;
  FlOnnxConstant *output;

  if (!fl_onnx_node_int (fold->node, "to", 0, &type, error))
    return FALSE;
  if (type == (gint64) input->type)
    {
      fold->outputs[0] = fl_onnx_constant_ref (fold->inputs[0]);
      return TRUE;
    }
  output = fl_onnx_fold_output (fold, 0, (FlOnnxType) CLAMP (type, 0, 1000), input->rank,
                                input->shape, error);
  if (output == NULL)
    return FALSE;
  for (gsize i = 0; i < input->size; i++)
    if (fl_onnx_type_is_float (input->type) || fl_onnx_type_is_float (output->type))
      fl_onnx_constant_set_number (output, i, fl_onnx_constant_number (input, i));
    else
      fl_onnx_constant_set_integer (output, i, fl_onnx_constant_integer (input, i));
  return TRUE;
}

/* How scale and zero point of a quantisation lie over the elements. */
typedef struct
{
  gsize n;     /* 1, or the size of the axis */
  gsize after; /* elements that follow one another with the same scale */
} ScaleAxis;

static gboolean
read_scale_axis (FlOnnxFold *fold, ScaleAxis *result, GError **error)
{
  const FlOnnxConstant *input = fold->inputs[0];
  const FlOnnxConstant *scale = fold->inputs[1];
  const FlOnnxConstant *zero = fl_onnx_fold_input (fold, 2);
  gint64 given;
  int axis;

  if (!fl_onnx_type_is_float (scale->type))
    return fl_onnx_node_error (fold->node, error, FL_ERROR_MALFORMED,
                               "a scale of type %s, expected float",
                               fl_onnx_type_name (scale->type));
  if (zero != NULL && zero->size != scale->size)
    return fl_onnx_node_error (fold->node, error, FL_ERROR_SHAPE,
                               "%" G_GSIZE_FORMAT " zero points for %" G_GSIZE_FORMAT " scales",
                               zero->size, scale->size);
  result->n = 1;
  result->after = MAX (input->size, 1);
  if (scale->rank == 0 || (scale->rank == 1 && scale->size == 1))
    return TRUE;

  if (!fl_onnx_node_int (fold->node, "axis", 1, &given, error)
      || !fl_onnx_node_axis (fold->node, given, input->rank, &axis, error))
    return FALSE;
  if (scale->rank != 1 || (gint64) scale->size != input->shape[axis])
    return fl_onnx_node_error (fold->node, error, FL_ERROR_SHAPE,
                               "%" G_GSIZE_FORMAT " scales, axis %d has %" G_GINT64_FORMAT
                               " elements",
                               scale->size, axis, input->shape[axis]);
  result->n = scale->size;
  result->after = 1;
  for (int i = axis + 1; i < input->rank; i++)
    result->after *= (gsize) input->shape[i];
  return TRUE;
}

/* The common case, in a loop that need not ask for types: weights by the million. */
static void
dequantize_bytes (FlOnnxConstant *output, const FlOnnxConstant *input, gsize start, gsize n,
                  double factor, gint64 shift)
{
  float *to = (float *) output->data + start;
  const gint8 *from = (const gint8 *) input->data + start;

  for (gsize i = 0; i < n; i++)
    to[i] = (float) ((double) (from[i] - (int) shift) * factor);
}

static gboolean
fold_dequantize (FlOnnxFold *fold, GError **error)
{
  const FlOnnxConstant *input = fold->inputs[0];
  const FlOnnxConstant *scale = fold->inputs[1];
  const FlOnnxConstant *zero = fl_onnx_fold_input (fold, 2);
  ScaleAxis axis;
  FlOnnxConstant *output;

  if (fl_onnx_type_is_float (input->type))
    return fl_onnx_node_error (fold->node, error, FL_ERROR_MALFORMED,
                               "an input of type %s, expected integers",
                               fl_onnx_type_name (input->type));
  if (zero != NULL && zero->type != input->type)
    return fl_onnx_node_error (fold->node, error, FL_ERROR_MALFORMED,
                               "a zero point of type %s for an input of type %s",
                               fl_onnx_type_name (zero->type), fl_onnx_type_name (input->type));
  if (!read_scale_axis (fold, &axis, error))
    return FALSE;
  output = fl_onnx_fold_output (fold, 0, scale->type, input->rank, input->shape, error);
  if (output == NULL)
    return FALSE;

  /* Runs of one scale; the difference and the product are exact before they are rounded. */
  for (gsize start = 0, k = 0; start < input->size; start += axis.after, k = (k + 1) % axis.n)
    {
      double factor = fl_onnx_constant_number (scale, k);
      gint64 shift = zero != NULL ? fl_onnx_constant_integer (zero, k) : 0;

      if (input->type == FL_ONNX_INT8 && output->type == FL_ONNX_FLOAT)
        dequantize_bytes (output, input, start, axis.after, factor, shift);
      else
        for (gsize i = start; i < start + axis.after; i++)
          fl_onnx_constant_set_number (
              output, i, ((double) fl_onnx_constant_integer (input, i) - (double) shift) * factor);
    }
  return TRUE;
}

static void
integer_range (FlOnnxType type, gint64 *lowest, gint64 *highest)
{
  int bits = (int) fl_onnx_type_width (type) * 8;
  gboolean is_signed = type == FL_ONNX_INT8 || type == FL_ONNX_INT16 || type == FL_ONNX_INT32;

  *lowest = is_signed ? -((gint64) 1 << (bits - 1)) : 0;
  *highest = is_signed ? ((gint64) 1 << (bits - 1)) - 1 : ((gint64) 1 << bits) - 1;
}

static gboolean
fold_quantize (FlOnnxFold *fold, GError **error)
{
  const FlOnnxConstant *input = fold->inputs[0];
  const FlOnnxConstant *scale = fold->inputs[1];
  const FlOnnxConstant *zero = fl_onnx_fold_input (fold, 2);
  FlOnnxType type = zero != NULL ? zero->type : FL_ONNX_UINT8;
  gint64 lowest, highest;
  ScaleAxis axis;
  FlOnnxConstant *output;

  if (fl_onnx_type_is_float (type) || fl_onnx_type_width (type) > 4)
    return fl_onnx_node_error (fold->node, error, FL_ERROR_UNSUPPORTED,
                               "a zero point of type %s, expected a small integer type",
                               fl_onnx_type_name (type));
  if (!read_scale_axis (fold, &axis, error))
    return FALSE;
  output = fl_onnx_fold_output (fold, 0, type, input->rank, input->shape, error);
  if (output == NULL)
    return FALSE;
  integer_range (type, &lowest, &highest);

  for (gsize start = 0, k = 0; start < input->size; start += axis.after, k = (k + 1) % axis.n)
    {
      float divisor = (float) fl_onnx_constant_number (scale, k);
      gint64 shift = zero != NULL ? fl_onnx_constant_integer (zero, k) : 0;

      for (gsize i = start; i < start + axis.after; i++)
        {
          /* In float, as ONNX says: where the quotient is a tie depends on it. */
          float quotient = (float) fl_onnx_constant_number (input, i) / divisor;
          double value = nearbyint (quotient) + (double) shift;

          fl_onnx_constant_set_integer (
              output, i,
              isnan (value) ? 0 : (gint64) CLAMP (value, (double) lowest, (double) highest));
        }
    }
  return TRUE;
}

const FlOnnxFoldRule fl_onnx_fold_shapes[] = {
  { "Constant", fold_constant, 0, 0 },
  { "ConstantOfShape", fold_constant_of_shape, 1, 1 },
  { "Shape", fold_shape, 1, 1 },
  { "Size", fold_size, 1, 1 },
  { "Range", fold_range, 3, 3 },
  { "Cast", fold_cast, 1, 1 },
  { "DequantizeLinear", fold_dequantize, 2, 3 },
  { "QuantizeLinear", fold_quantize, 2, 3 },
  { NULL },
};
