#pragma once

#include <glib.h>

#define FL_TENSOR_MAX_RANK 8

/**
 * FlTensor:
 *
 * A dense float32 array in row-major order (last axis fastest), reference counted. Pictures and
 * weights that cross a public interface are [C,H,W] and [O,I,KH,KW], as in ONNX.
 *
 * Shared tensors are read only by convention: only the code that has just created one writes to it.
 */
typedef struct _FlTensor FlTensor;

/**
 * fl_tensor_new:
 * @rank: 0 .. FL_TENSOR_MAX_RANK; 0 is a scalar
 * @shape: (array length=rank): sizes, each at least 0
 *
 * Returns: (transfer full): a tensor of zeros
 */
FlTensor *fl_tensor_new (int rank, const gint64 *shape);

/**
 * fl_tensor_new_from_data:
 * @data: the elements in row-major order, copied
 *
 * Returns: (transfer full): a tensor
 */
FlTensor *fl_tensor_new_from_data (int rank, const gint64 *shape, const float *data);

/**
 * fl_tensor_new_from_bytes:
 * @bytes: exactly the elements, in the machine's byte order, aligned to 4 bytes; a reference is
 * kept and nothing is copied, so a mapped file stays mapped
 *
 * Returns: (transfer full): a tensor
 */
FlTensor *fl_tensor_new_from_bytes (int rank, const gint64 *shape, GBytes *bytes);

FlTensor *fl_tensor_ref (FlTensor *tensor);
void fl_tensor_unref (FlTensor *tensor);

int fl_tensor_rank (const FlTensor *tensor);

/* Borrowed, `rank` sizes. */
const gint64 *fl_tensor_shape (const FlTensor *tensor);

/* Number of elements: the product of the sizes, 1 for a scalar. */
gsize fl_tensor_size (const FlTensor *tensor);

/* Borrowed, fl_tensor_size() floats. */
const float *fl_tensor_data (const FlTensor *tensor);

/* The same, to be written: only right after fl_tensor_new() or fl_tensor_new_from_data(). */
float *fl_tensor_data_writable (FlTensor *tensor);

/**
 * fl_tensor_reshape:
 *
 * Returns: (transfer full): the same elements, shared, under another shape of the same size
 */
FlTensor *fl_tensor_reshape (FlTensor *tensor, int rank, const gint64 *shape);

/**
 * fl_shape_size:
 * @size: (out): the product of the sizes
 *
 * Returns: %FALSE where a size is negative or the product exceeds 2^40
 */
gboolean fl_shape_size (int rank, const gint64 *shape, gsize *size);

/* Newly allocated "1x3x224x224"; "scalar" for rank 0. */
char *fl_shape_to_string (int rank, const gint64 *shape);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlTensor, fl_tensor_unref)
