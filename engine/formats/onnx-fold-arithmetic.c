/* Constants computed element by element, and reductions. */

#include "engine/core/error.h"
#include "engine/formats/onnx-fold-parts.h"

#include <math.h>
#include <string.h>

typedef enum
{
  ADD,
  SUB,
  MUL,
  DIV,
  MOD,
  POW,
  MIN_OF,
  MAX_OF,
  EQUAL,
  LESS,
  LESS_OR_EQUAL,
  GREATER,
  GREATER_OR_EQUAL,
  AND,
  OR,
  XOR,
} Binary;

static double
compute_floats (Binary operation, double a, double b)
{
  switch (operation)
    {
    case ADD:
      return a + b;
    case SUB:
      return a - b;
    case MUL:
      return a * b;
    case DIV:
      return a / b;
    case MOD:
      return fmod (a, b);
    case POW:
      return pow (a, b);
    case MIN_OF:
      return isnan (a) || isnan (b) ? (double) NAN : MIN (a, b);
    case MAX_OF:
      return isnan (a) || isnan (b) ? (double) NAN : MAX (a, b);
    case EQUAL:
      return a == b;
    case LESS:
      return a < b;
    case LESS_OR_EQUAL:
      return a <= b;
    case GREATER:
      return a > b;
    case GREATER_OR_EQUAL:
      return a >= b;
    case AND:
      return a != 0 && b != 0;
    case OR:
      return a != 0 || b != 0;
    default:
      return (a != 0) != (b != 0);
    }
}

/* Modulo 2^64. */
static gint64
power (gint64 base, gint64 exponent)
{
  guint64 result = 1;
  guint64 factor = (guint64) base;

  if (exponent < 0)
    return base == 1 ? 1 : base == -1 ? (exponent % 2 == 0 ? 1 : -1) : 0;
  for (; exponent > 0; exponent >>= 1)
    {
      if (exponent & 1)
        result *= factor;
      factor *= factor;
    }
  return (gint64) result;
}

/* Sums and products are taken modulo 2^64, as integers of the machine do. FALSE: division by zero.
 */
static gboolean
compute_integers (Binary operation, gint64 a, gint64 b, gboolean float_mod, gint64 *result)
{
  switch (operation)
    {
    case ADD:
      *result = (gint64) ((guint64) a + (guint64) b);
      return TRUE;
    case SUB:
      *result = (gint64) ((guint64) a - (guint64) b);
      return TRUE;
    case MUL:
      *result = (gint64) ((guint64) a * (guint64) b);
      return TRUE;
    case DIV:
      if (b == 0)
        return FALSE;
      *result = b == -1 ? (gint64) - (guint64) a : a / b;
      return TRUE;
    case MOD:
      if (b == 0)
        return FALSE;
      *result = b == -1 ? 0 : a % b;
      /* The sign follows the divisor, unless the remainder of C is asked for. */
      if (!float_mod && *result != 0 && (*result < 0) != (b < 0))
        *result += b;
      return TRUE;
    case POW:
      *result = power (a, b);
      return TRUE;
    case MIN_OF:
      *result = MIN (a, b);
      return TRUE;
    case MAX_OF:
      *result = MAX (a, b);
      return TRUE;
    case EQUAL:
      *result = a == b;
      return TRUE;
    case LESS:
      *result = a < b;
      return TRUE;
    case LESS_OR_EQUAL:
      *result = a <= b;
      return TRUE;
    case GREATER:
      *result = a > b;
      return TRUE;
    case GREATER_OR_EQUAL:
      *result = a >= b;
      return TRUE;
    case AND:
      *result = a != 0 && b != 0;
      return TRUE;
    case OR:
      *result = a != 0 || b != 0;
      return TRUE;
    default:
      *result = (a != 0) != (b != 0);
      return TRUE;
    }
}

static gboolean
fold_binary (FlOnnxFold *fold, Binary operation, GError **error)
{
  const FlOnnxConstant *a = fold->inputs[0];
  const FlOnnxConstant *b = fold->inputs[1];
  /* The exponent of Pow may be of another type, which decides nothing but how it is read. */
  gboolean floats
      = fl_onnx_type_is_float (a->type) || (operation == POW && fl_onnx_type_is_float (b->type));
  gint64 float_mod;
  FlOnnxOdometer odometer;
  FlOnnxConstant *output;

  if (a->type != b->type && operation != POW)
    return fl_onnx_node_error (fold->node, error, FL_ERROR_MALFORMED,
                               "inputs of types %s and %s, expected the same",
                               fl_onnx_type_name (a->type), fl_onnx_type_name (b->type));
  if (!fl_onnx_node_int (fold->node, "fmod", 0, &float_mod, error)
      || !fl_onnx_fold_broadcast (fold, 0, 2, &odometer, error))
    return FALSE;
  output = fl_onnx_fold_output (fold, 0, operation >= EQUAL ? FL_ONNX_BOOL : a->type, odometer.rank,
                                odometer.shape, error);
  if (output == NULL)
    return FALSE;

  for (gsize i = 0; i < output->size; i++)
    {
      gsize at_a = (gsize) odometer.offset[0];
      gsize at_b = (gsize) odometer.offset[1];
      gint64 result;

      if (floats)
        fl_onnx_constant_set_number (output, i,
                                     compute_floats (operation, fl_onnx_constant_number (a, at_a),
                                                     fl_onnx_constant_number (b, at_b)));
      else if (compute_integers (operation, fl_onnx_constant_integer (a, at_a),
                                 fl_onnx_constant_integer (b, at_b), float_mod != 0, &result))
        fl_onnx_constant_set_integer (output, i, result);
      else
        return fl_onnx_node_error (fold->node, error, FL_ERROR_RANGE,
                                   "element %" G_GSIZE_FORMAT " is divided by 0", i);
      fl_onnx_odometer_next (&odometer);
    }
  return TRUE;
}

#define BINARY(name, operation)                                                                    \
  static gboolean name (FlOnnxFold *fold, GError **error)                                          \
  {                                                                                                \
    return fold_binary (fold, operation, error);                                                   \
  }

BINARY (fold_add, ADD)
BINARY (fold_sub, SUB)
BINARY (fold_mul, MUL)
BINARY (fold_div, DIV)
BINARY (fold_mod, MOD)
BINARY (fold_pow, POW)
BINARY (fold_equal, EQUAL)
BINARY (fold_less, LESS)
BINARY (fold_less_or_equal, LESS_OR_EQUAL)
BINARY (fold_greater, GREATER)
BINARY (fold_greater_or_equal, GREATER_OR_EQUAL)
BINARY (fold_and, AND)
BINARY (fold_or, OR)
BINARY (fold_xor, XOR)

/* An operator of any number of inputs, two by two. */
static gboolean
fold_many (FlOnnxFold *fold, Binary operation, GError **error)
{
  g_autoptr (FlOnnxConstant) so_far = fl_onnx_constant_ref (fold->inputs[0]);

  for (int k = 1; k < fold->n_inputs; k++)
    {
      FlOnnxConstant *pair[2] = { so_far, fold->inputs[k] };
      FlOnnxConstant *result = NULL;
      FlOnnxFold step = *fold;

      if (pair[1] == NULL)
        return fl_onnx_node_error (fold->node, error, FL_ERROR_MALFORMED, "input %d is missing", k);
      step.inputs = pair;
      step.n_inputs = 2;
      step.n_outputs = 1;
      step.outputs = &result;
      if (!fold_binary (&step, operation, error))
        {
          g_clear_pointer (&result, fl_onnx_constant_unref);
          return FALSE;
        }
      fl_onnx_constant_unref (so_far);
      so_far = result;
    }
  fold->outputs[0] = g_steal_pointer (&so_far);
  return TRUE;
}

static gboolean
fold_min (FlOnnxFold *fold, GError **error)
{
  return fold_many (fold, MIN_OF, error);
}

static gboolean
fold_max (FlOnnxFold *fold, GError **error)
{
  return fold_many (fold, MAX_OF, error);
}

static gboolean
fold_sum (FlOnnxFold *fold, GError **error)
{
  return fold_many (fold, ADD, error);
}

static gboolean
fold_where (FlOnnxFold *fold, GError **error)
{
  const FlOnnxConstant *condition = fold->inputs[0];
  FlOnnxOdometer odometer;
  FlOnnxConstant *output;

  if (fold->inputs[1]->type != fold->inputs[2]->type)
    return fl_onnx_node_error (
        fold->node, error, FL_ERROR_MALFORMED, "inputs of types %s and %s, expected the same",
        fl_onnx_type_name (fold->inputs[1]->type), fl_onnx_type_name (fold->inputs[2]->type));
  if (!fl_onnx_fold_broadcast (fold, 0, 3, &odometer, error))
    return FALSE;
  output
      = fl_onnx_fold_output (fold, 0, fold->inputs[1]->type, odometer.rank, odometer.shape, error);
  if (output == NULL)
    return FALSE;
  for (gsize i = 0; i < output->size; i++)
    {
      int k = fl_onnx_constant_integer (condition, (gsize) odometer.offset[0]) != 0 ? 1 : 2;

      fl_onnx_constant_copy (output, i, fold->inputs[k], (gsize) odometer.offset[k], 1);
      fl_onnx_odometer_next (&odometer);
    }
  return TRUE;
}

static gboolean
fold_not (FlOnnxFold *fold, GError **error)
{
  const FlOnnxConstant *input = fold->inputs[0];
  FlOnnxConstant *output
      = fl_onnx_fold_output (fold, 0, FL_ONNX_BOOL, input->rank, input->shape, error);

  for (gsize i = 0; output != NULL && i < input->size; i++)
    fl_onnx_constant_set_integer (output, i, fl_onnx_constant_number (input, i) == 0);
  return output != NULL;
}

typedef double (*Unary) (double x);

static gboolean
fold_unary (FlOnnxFold *fold, Unary function, GError **error)
{
  const FlOnnxConstant *input = fold->inputs[0];
  FlOnnxConstant *output
      = fl_onnx_fold_output (fold, 0, input->type, input->rank, input->shape, error);

  for (gsize i = 0; output != NULL && i < input->size; i++)
    fl_onnx_constant_set_number (output, i, function (fl_onnx_constant_number (input, i)));
  return output != NULL;
}

/* Integers beyond 2^53 stay what they are. */
static gboolean
fold_sign_of_integers (FlOnnxFold *fold, gboolean absolute, GError **error)
{
  const FlOnnxConstant *input = fold->inputs[0];
  FlOnnxConstant *output
      = fl_onnx_fold_output (fold, 0, input->type, input->rank, input->shape, error);

  for (gsize i = 0; output != NULL && i < input->size; i++)
    {
      gint64 value = fl_onnx_constant_integer (input, i);

      if (!absolute || value < 0)
        value = (gint64) (0 - (guint64) value);
      fl_onnx_constant_set_integer (output, i, value);
    }
  return output != NULL;
}

static double
negate (double x)
{
  return -x;
}

static double
reciprocal (double x)
{
  return 1 / x;
}

static double
sign (double x)
{
  return x > 0 ? 1 : x < 0 ? -1 : x;
}

static gboolean
fold_neg (FlOnnxFold *fold, GError **error)
{
  return fl_onnx_type_is_float (fold->inputs[0]->type) ? fold_unary (fold, negate, error)
                                                       : fold_sign_of_integers (fold, FALSE, error);
}

static gboolean
fold_abs (FlOnnxFold *fold, GError **error)
{
  return fl_onnx_type_is_float (fold->inputs[0]->type) ? fold_unary (fold, fabs, error)
                                                       : fold_sign_of_integers (fold, TRUE, error);
}

#define UNARY(name, function)                                                                      \
  static gboolean name (FlOnnxFold *fold, GError **error)                                          \
  {                                                                                                \
    return fold_unary (fold, function, error);                                                     \
  }

UNARY (fold_sqrt, sqrt)
UNARY (fold_floor, floor)
UNARY (fold_ceil, ceil)
UNARY (fold_round, nearbyint)
UNARY (fold_exp, exp)
UNARY (fold_log, log)
UNARY (fold_reciprocal, reciprocal)
UNARY (fold_sign, sign)

typedef enum
{
  REDUCE_SUM,
  REDUCE_MEAN,
  REDUCE_PRODUCT,
  REDUCE_MIN,
  REDUCE_MAX,
} Reduction;

static gboolean
fold_reduction (FlOnnxFold *fold, Reduction reduction, GError **error)
{
  const FlOnnxConstant *input = fold->inputs[0];
  gboolean floats = fl_onnx_type_is_float (input->type);
  gboolean reduced[FL_TENSOR_MAX_RANK] = { FALSE };
  gint64 kept[FL_TENSOR_MAX_RANK], shape[FL_TENSOR_MAX_RANK], strides[FL_TENSOR_MAX_RANK];
  int rank = 0;
  gint64 keep_axes;
  g_autofree gint64 *axes = NULL;
  gsize n = 0;
  g_autofree double *numbers = NULL;
  g_autofree gint64 *integers = NULL;
  FlOnnxOdometer odometer = { .rank = input->rank, .n = 1 };
  FlOnnxConstant *output;

  if (!fl_onnx_node_int (fold->node, "keepdims", 1, &keep_axes, error)
      || !fl_onnx_node_reduced_axes (fold->node, input->rank, fl_onnx_fold_input (fold, 1), reduced,
                                     error)
      || !fl_onnx_fold_charge (fold, input->size, error))
    return FALSE;

  for (int i = 0; i < input->rank; i++)
    {
      kept[i] = reduced[i] ? 1 : input->shape[i];
      if (!reduced[i] || keep_axes != 0)
        shape[rank++] = kept[i];
    }
  output = fl_onnx_fold_output (fold, 0, input->type, rank, shape, error);
  if (output == NULL)
    return FALSE;
  fl_onnx_strides (input->rank, kept, strides);
  memcpy (odometer.shape, input->shape, sizeof odometer.shape);
  for (int i = 0; i < input->rank; i++)
    odometer.stride[0][i] = reduced[i] ? 0 : strides[i];
  n = output->size;
  if (n > 0 && input->size == 0 && (reduction == REDUCE_MIN || reduction == REDUCE_MAX))
    return fl_onnx_node_error (fold->node, error, FL_ERROR_SHAPE, "no elements to choose from");
  /* What is still free of the budget holds these two as well: they are gone at the end. */
  numbers = g_new (double, n + 1);
  integers = g_new (gint64, n + 1);
  for (gsize i = 0; i < n; i++)
    {
      numbers[i] = reduction == REDUCE_PRODUCT ? 1
                   : reduction == REDUCE_MIN   ? (double) INFINITY
                   : reduction == REDUCE_MAX   ? (double) -INFINITY
                                               : 0;
      integers[i] = reduction == REDUCE_PRODUCT ? 1
                    : reduction == REDUCE_MIN   ? G_MAXINT64
                    : reduction == REDUCE_MAX   ? G_MININT64
                                                : 0;
    }

  for (gsize i = 0; i < input->size; i++)
    {
      static const Binary operations[] = { ADD, ADD, MUL, MIN_OF, MAX_OF };
      gsize at = (gsize) odometer.offset[0];

      if (floats)
        numbers[at] = compute_floats (operations[reduction], numbers[at],
                                      fl_onnx_constant_number (input, i));
      else
        compute_integers (operations[reduction], integers[at], fl_onnx_constant_integer (input, i),
                          FALSE, &integers[at]);
      fl_onnx_odometer_next (&odometer);
    }

  for (gsize i = 0; i < n; i++)
    {
      gint64 count = (gint64) (input->size / n);

      if (floats)
        fl_onnx_constant_set_number (
            output, i, reduction == REDUCE_MEAN ? numbers[i] / (double) count : numbers[i]);
      else
        fl_onnx_constant_set_integer (
            output, i, reduction == REDUCE_MEAN && count > 0 ? integers[i] / count : integers[i]);
    }
  return TRUE;
}

#define REDUCTION(name, reduction)                                                                 \
  static gboolean name (FlOnnxFold *fold, GError **error)                                          \
  {                                                                                                \
    return fold_reduction (fold, reduction, error);                                                \
  }

REDUCTION (fold_reduce_sum, REDUCE_SUM)
REDUCTION (fold_reduce_mean, REDUCE_MEAN)
REDUCTION (fold_reduce_prod, REDUCE_PRODUCT)
REDUCTION (fold_reduce_min, REDUCE_MIN)
REDUCTION (fold_reduce_max, REDUCE_MAX)

const FlOnnxFoldRule fl_onnx_fold_arithmetic[] = {
  { "Add", fold_add, 2, 2 },
  { "Sub", fold_sub, 2, 2 },
  { "Mul", fold_mul, 2, 2 },
  { "Div", fold_div, 2, 2 },
  { "Mod", fold_mod, 2, 2 },
  { "Pow", fold_pow, 2, 2 },
  { "Equal", fold_equal, 2, 2 },
  { "Less", fold_less, 2, 2 },
  { "LessOrEqual", fold_less_or_equal, 2, 2 },
  { "Greater", fold_greater, 2, 2 },
  { "GreaterOrEqual", fold_greater_or_equal, 2, 2 },
  { "And", fold_and, 2, 2 },
  { "Or", fold_or, 2, 2 },
  { "Xor", fold_xor, 2, 2 },
  { "Min", fold_min, 1, G_MAXINT },
  { "Max", fold_max, 1, G_MAXINT },
  { "Sum", fold_sum, 1, G_MAXINT },
  { "Where", fold_where, 3, 3 },
  { "Not", fold_not, 1, 1 },
  { "Neg", fold_neg, 1, 1 },
  { "Abs", fold_abs, 1, 1 },
  { "Sqrt", fold_sqrt, 1, 1 },
  { "Floor", fold_floor, 1, 1 },
  { "Ceil", fold_ceil, 1, 1 },
  { "Round", fold_round, 1, 1 },
  { "Exp", fold_exp, 1, 1 },
  { "Log", fold_log, 1, 1 },
  { "Reciprocal", fold_reciprocal, 1, 1 },
  { "Sign", fold_sign, 1, 1 },
  { "ReduceSum", fold_reduce_sum, 1, 2 },
  { "ReduceMean", fold_reduce_mean, 1, 2 },
  { "ReduceProd", fold_reduce_prod, 1, 2 },
  { "ReduceMin", fold_reduce_min, 1, 2 },
  { "ReduceMax", fold_reduce_max, 1, 2 },
  { NULL },
};
