#include "engine/formats/onnx-tensor.h"

#include <math.h>
#include <string.h>

/* ONNX stores elements in little-endian order, and mapped files are read as they are. */
#if G_BYTE_ORDER != G_LITTLE_ENDIAN
#error "mapped weights need a little-endian machine"
#endif

static const struct
{
  const char *name;
  gsize width;
} types[] = {
  [FL_ONNX_FLOAT] = { "float", 4 },   [FL_ONNX_UINT8] = { "uint8", 1 },
  [FL_ONNX_INT8] = { "int8", 1 },     [FL_ONNX_UINT16] = { "uint16", 2 },
  [FL_ONNX_INT16] = { "int16", 2 },   [FL_ONNX_INT32] = { "int32", 4 },
  [FL_ONNX_INT64] = { "int64", 8 },   [FL_ONNX_STRING] = { "string", 0 },
  [FL_ONNX_BOOL] = { "bool", 1 },     [FL_ONNX_FLOAT16] = { "float16", 2 },
  [FL_ONNX_DOUBLE] = { "double", 8 }, [FL_ONNX_UINT32] = { "uint32", 4 },
  [FL_ONNX_UINT64] = { "uint64", 8 }, [14] = { "complex64", 0 },
  [15] = { "complex128", 0 },         [FL_ONNX_BFLOAT16] = { "bfloat16", 2 },
};

gsize
fl_onnx_type_width (FlOnnxType type)
{
  return (guint) type < G_N_ELEMENTS (types) ? types[type].width : 0;
}

const char *
fl_onnx_type_name (FlOnnxType type)
{
  return (guint) type < G_N_ELEMENTS (types) && types[type].name != NULL ? types[type].name
                                                                         : "unknown";
}

gboolean
fl_onnx_type_is_float (FlOnnxType type)
{
  return type == FL_ONNX_FLOAT || type == FL_ONNX_DOUBLE || type == FL_ONNX_FLOAT16
         || type == FL_ONNX_BFLOAT16;
}

gboolean
fl_onnx_shape_size (int rank, const gint64 *shape, gsize *size)
{
  gint64 sizes[FL_TENSOR_MAX_RANK];

  if (rank > FL_TENSOR_MAX_RANK)
    return FALSE;
  for (int i = 0; i < rank; i++)
    sizes[i] = shape[i] == 0 ? 1 : shape[i];
  return fl_shape_size (rank, sizes, size) && fl_shape_size (rank, shape, size);
}

FlOnnxConstant *
fl_onnx_constant_new (FlOnnxType type, int rank, const gint64 *shape)
{
  FlOnnxConstant *constant = NULL;
  gsize size = 0;
  gsize bytes;

  g_return_val_if_fail (rank >= 0 && rank <= FL_TENSOR_MAX_RANK, NULL);
  g_return_val_if_fail (fl_onnx_shape_size (rank, shape, &size), NULL);
  g_return_val_if_fail (fl_onnx_type_width (type) > 0, NULL);

  constant = g_new0 (FlOnnxConstant, 1);
  constant->references = 1;
  constant->type = type;
  constant->rank = rank;
  for (int i = 0; i < rank; i++)
    constant->shape[i] = shape[i];
  constant->size = size;
  bytes = size * fl_onnx_type_width (type);
  constant->bytes = g_bytes_new_take (g_malloc0 (MAX (bytes, 1)), bytes);
  constant->data = g_bytes_get_data (constant->bytes, NULL);
  return constant;
}

FlOnnxConstant *
fl_onnx_constant_new_integers (gsize n, const gint64 *values)
{
  gint64 length = (gint64) n;
  FlOnnxConstant *constant = fl_onnx_constant_new (FL_ONNX_INT64, 1, &length);

  for (gsize i = 0; i < n; i++)
    fl_onnx_constant_set_integer (constant, i, values[i]);
  return constant;
}

FlOnnxConstant *
fl_onnx_constant_ref (FlOnnxConstant *constant)
{
  constant->references++;
  return constant;
}

void
fl_onnx_constant_unref (FlOnnxConstant *constant)
{
  if (--constant->references > 0)
    return;
  g_clear_pointer (&constant->bytes, g_bytes_unref);
  g_free (constant);
}

FlOnnxConstant *
fl_onnx_constant_reshape (const FlOnnxConstant *constant, int rank, const gint64 *shape)
{
  FlOnnxConstant *reshaped = NULL;
  gsize size = 0;

  g_return_val_if_fail (rank >= 0 && rank <= FL_TENSOR_MAX_RANK, NULL);
  g_return_val_if_fail (fl_onnx_shape_size (rank, shape, &size) && size == constant->size, NULL);

  reshaped = g_new0 (FlOnnxConstant, 1);
  reshaped->references = 1;
  reshaped->type = constant->type;
  reshaped->rank = rank;
  for (int i = 0; i < rank; i++)
    reshaped->shape[i] = shape[i];
  reshaped->size = size;
  reshaped->bytes = g_bytes_ref (constant->bytes);
  reshaped->data = constant->data;
  return reshaped;
}

static double
half_to_double (guint16 half)
{
  int exponent = half >> 10 & 0x1f;
  int fraction = half & 0x3ff;
  double sign = half & 0x8000 ? -1. : 1.;

  if (exponent == 0x1f)
    return fraction != 0 ? (double) NAN : sign * (double) INFINITY;
  if (exponent == 0)
    return sign * ldexp (fraction, -24);
  return sign * ldexp (fraction + 1024, exponent - 25);
}

static guint16
half_from_double (double value)
{
  guint16 sign = signbit (value) ? 0x8000 : 0;
  double magnitude = fabs (value);
  int exponent;
  double scaled;

  if (isnan (value))
    return 0x7e00;
  if (magnitude >= 65520.) /* half way between the largest number and the next one there would be */
    return sign | 0x7c00;
  if (magnitude < ldexp (1., -14))
    return sign | (guint16) nearbyint (ldexp (magnitude, 24));
  /* magnitude = m * 2^e with m in [0.5, 1); ten bits of fraction, rounding may carry into e */
  frexp (magnitude, &exponent);
  scaled = nearbyint (ldexp (magnitude, 11 - exponent));
  return sign | (guint16) (((exponent + 14 - 1) << 10) + (int) scaled);
}

static double
brain_to_double (guint16 brain)
{
  guint32 bits = (guint32) brain << 16;
  float value;

  memcpy (&value, &bits, 4);
  return value;
}

static guint16
brain_from_double (double number)
{
  float value = (float) number;
  guint32 bits;

  memcpy (&bits, &value, 4);
  if (isnan (value))
    return (guint16) (bits >> 16 | 0x40);
  return (guint16) ((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

#define LOAD(c_type)                                                                               \
  ({                                                                                               \
    c_type element;                                                                                \
    memcpy (&element, constant->data + index * sizeof (c_type), sizeof (c_type));                  \
    element;                                                                                       \
  })
#define STORE(c_type, number)                                                                      \
  {                                                                                                \
    c_type element = (c_type) (number);                                                            \
    memcpy ((guint8 *) constant->data + index * sizeof (c_type), &element, sizeof (c_type));       \
  }

double
fl_onnx_constant_number (const FlOnnxConstant *constant, gsize index)
{
  switch (constant->type)
    {
    case FL_ONNX_FLOAT:
      return LOAD (float);
    case FL_ONNX_DOUBLE:
      return LOAD (double);
    case FL_ONNX_FLOAT16:
      return half_to_double (LOAD (guint16));
    case FL_ONNX_BFLOAT16:
      return brain_to_double (LOAD (guint16));
    case FL_ONNX_UINT64:
      return (double) LOAD (guint64);
    default:
      return (double) fl_onnx_constant_integer (constant, index);
    }
}

gint64
fl_onnx_constant_integer (const FlOnnxConstant *constant, gsize index)
{
  double number;

  switch (constant->type)
    {
    case FL_ONNX_BOOL:
      return LOAD (guint8) != 0;
    case FL_ONNX_UINT8:
      return LOAD (guint8);
    case FL_ONNX_INT8:
      return LOAD (gint8);
    case FL_ONNX_UINT16:
      return LOAD (guint16);
    case FL_ONNX_INT16:
      return LOAD (gint16);
    case FL_ONNX_UINT32:
      return LOAD (guint32);
    case FL_ONNX_INT32:
      return LOAD (gint32);
    case FL_ONNX_UINT64:
    case FL_ONNX_INT64:
      return LOAD (gint64);
    default:
      number = fl_onnx_constant_number (constant, index);
      if (isnan (number))
        return 0;
      if (number >= 0x1p63)
        return G_MAXINT64;
      return number <= -0x1p63 ? G_MININT64 : (gint64) number;
    }
}

void
fl_onnx_constant_set_number (FlOnnxConstant *constant, gsize index, double value)
{
  switch (constant->type)
    {
    case FL_ONNX_FLOAT:
      STORE (float, value);
      break;
    case FL_ONNX_DOUBLE:
      STORE (double, value);
      break;
    case FL_ONNX_FLOAT16:
      STORE (guint16, half_from_double (value));
      break;
    case FL_ONNX_BFLOAT16:
      STORE (guint16, brain_from_double (value));
      break;
    case FL_ONNX_BOOL:
      STORE (guint8, value != 0);
      break;
    case FL_ONNX_UINT64:
      if (value >= 0x1p63 && value < 0x1p64)
        {
          STORE (guint64, value);
          break;
        }
      G_GNUC_FALLTHROUGH;
    default:
      if (isnan (value))
        value = 0;
      fl_onnx_constant_set_integer (constant, index,
                                    value >= 0x1p63    ? G_MAXINT64
                                    : value <= -0x1p63 ? G_MININT64
                                                       : (gint64) value);
      break;
    }
}

void
fl_onnx_constant_set_integer (FlOnnxConstant *constant, gsize index, gint64 value)
{
  switch (fl_onnx_type_width (constant->type))
    {
    case 1:
      STORE (guint8, constant->type == FL_ONNX_BOOL ? value != 0 : value);
      break;
    case 2:
      if (fl_onnx_type_is_float (constant->type))
        fl_onnx_constant_set_number (constant, index, (double) value);
      else
        STORE (guint16, value);
      break;
    case 4:
      if (constant->type == FL_ONNX_FLOAT)
        STORE (float, value)
      else
        STORE (guint32, value);
      break;
    default:
      if (constant->type == FL_ONNX_DOUBLE)
        STORE (double, value)
      else
        STORE (gint64, value);
      break;
    }
}

void
fl_onnx_constant_copy (FlOnnxConstant *to, gsize to_index, const FlOnnxConstant *from,
                       gsize from_index, gsize n)
{
  gsize width = fl_onnx_type_width (to->type);

  g_return_if_fail (to->type == from->type);
  g_return_if_fail (n <= to->size && to_index <= to->size - n);
  g_return_if_fail (n <= from->size && from_index <= from->size - n);
  if (n > 0)
    memcpy ((guint8 *) to->data + to_index * width, from->data + from_index * width, n * width);
}

FlTensor *
fl_onnx_constant_to_tensor (const FlOnnxConstant *constant)
{
  FlTensor *tensor;
  float *data;

  if (constant->type == FL_ONNX_FLOAT && (guintptr) constant->data % sizeof (float) == 0)
    return fl_tensor_new_from_bytes (constant->rank, constant->shape, constant->bytes);

  tensor = fl_tensor_new (constant->rank, constant->shape);
  data = fl_tensor_data_writable (tensor);
  if (constant->type == FL_ONNX_FLOAT)
    {
      if (constant->size > 0)
        memcpy (data, constant->data, constant->size * sizeof (float));
    }
  else
    for (gsize i = 0; i < constant->size; i++)
      data[i] = (float) fl_onnx_constant_number (constant, i);
  return tensor;
}
