#pragma once

#include <glib.h>

#include "engine/core/tensor.h"
#include "engine/formats/onnx-walker.h"

/* The element types of ONNX, with its numbers. */
typedef enum
{
  FL_ONNX_FLOAT = 1,
  FL_ONNX_UINT8 = 2,
  FL_ONNX_INT8 = 3,
  FL_ONNX_UINT16 = 4,
  FL_ONNX_INT16 = 5,
  FL_ONNX_INT32 = 6,
  FL_ONNX_INT64 = 7,
  FL_ONNX_STRING = 8, /* not read, like everything without a width */
  FL_ONNX_BOOL = 9,
  FL_ONNX_FLOAT16 = 10,
  FL_ONNX_DOUBLE = 11,
  FL_ONNX_UINT32 = 12,
  FL_ONNX_UINT64 = 13,
  FL_ONNX_BFLOAT16 = 16,
} FlOnnxType;

/* Bytes of an element, 0 for types that are not read. */
gsize fl_onnx_type_width (FlOnnxType type);
const char *fl_onnx_type_name (FlOnnxType type);
gboolean fl_onnx_type_is_float (FlOnnxType type);

/**
 * FlOnnxConstant:
 * @shape: @rank sizes
 * @size: their product
 * @data: the elements, row-major, fl_onnx_type_width() bytes each, not aligned; part of a mapped
 * file where they stand there in this form
 *
 * A tensor of a model that does not depend on the input, of any type. Reference counted, read only
 * but for the code that has just made it.
 */
typedef struct
{
  int references;
  FlOnnxType type;
  int rank;
  gint64 shape[FL_TENSOR_MAX_RANK];
  gsize size;
  const guint8 *data;
  GBytes *bytes;
} FlOnnxConstant;

/* Like fl_shape_size(), but the product of the sizes that are not 0 is bounded too, and with it
 * strides. */
gboolean fl_onnx_shape_size (int rank, const gint64 *shape, gsize *size);

/**
 * fl_onnx_constant_new:
 * @shape: (array length=rank): a valid shape, see fl_onnx_shape_size()
 *
 * Returns: (transfer full): a constant of zeros, to be filled by the setters below
 */
FlOnnxConstant *fl_onnx_constant_new (FlOnnxType type, int rank, const gint64 *shape);

FlOnnxConstant *fl_onnx_constant_new_integers (gsize n, const gint64 *values); /* INT64, rank 1 */

FlOnnxConstant *fl_onnx_constant_ref (FlOnnxConstant *constant);
void fl_onnx_constant_unref (FlOnnxConstant *constant);

/* (transfer full): the same elements, shared, under another shape of the same size. */
FlOnnxConstant *
fl_onnx_constant_reshape (const FlOnnxConstant *constant, int rank, const gint64 *shape);

/* An element as a number, whatever its type: integers beyond 2^53 are rounded; bool is 0 or 1. */
double fl_onnx_constant_number (const FlOnnxConstant *constant, gsize index);

/* An element as an integer; of floats the integer part, with values outside the range put at its
 * end. */
gint64 fl_onnx_constant_integer (const FlOnnxConstant *constant, gsize index);

/* Stores @value rounded to the type: floats to nearest even, integers by truncation. */
void fl_onnx_constant_set_number (FlOnnxConstant *constant, gsize index, double value);

/* Stores @value, modulo the width of the type; bool becomes 0 or 1. */
void fl_onnx_constant_set_integer (FlOnnxConstant *constant, gsize index, gint64 value);

/* Copies @n elements between constants of the same type. */
void fl_onnx_constant_copy (FlOnnxConstant *to, gsize to_index, const FlOnnxConstant *from,
                            gsize from_index, gsize n);

/**
 * fl_onnx_constant_to_tensor:
 *
 * Returns: (transfer full): the elements as floats, without copying where they are aligned floats
 */
FlTensor *fl_onnx_constant_to_tensor (const FlOnnxConstant *constant);

/**
 * fl_onnx_tensor_read:
 * @what: what the tensor is, for messages: "initialiser 'conv1.weight'"
 *
 * Reads the elements of a tensor: from raw_data, from the field of its type, or from a file in the
 * model's folder.
 *
 * Returns: (transfer full): the constant; %NULL with %FL_ERROR_MALFORMED, %FL_ERROR_UNSUPPORTED
 * (the type, the rank, a place outside the folder) or %G_FILE_ERROR
 */
FlOnnxConstant *fl_onnx_tensor_read (FlOnnxDocument *document, const FlOnnx__Tensor *tensor,
                                     const char *what, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlOnnxConstant, fl_onnx_constant_unref)
