#pragma once

#include "engine/core/tensor.h"

/*
 * NPY, the array file of NumPy: "\x93NUMPY", two version bytes, the header's length (two bytes in
 * version 1, four in 2 and 3, little-endian), the header - a Python dict {'descr': '<f4',
 * 'fortran_order': False, 'shape': (3, 4), } -, then the elements. Read are versions 1 to 3,
 * float32, float64, (u)int8 to (u)int64 and bool, of either byte order, in C and Fortran order, of
 * up to FL_TENSOR_MAX_RANK axes. A file that is longer or shorter than its header says is refused.
 *
 * Errors: %FL_ERROR_MALFORMED, %FL_ERROR_UNSUPPORTED (another type of element or version),
 * %FL_ERROR_LIMIT, or that of GIO.
 */

/* Whether @bytes begin like an NPY file. */
gboolean fl_npy_is_npy (GBytes *bytes);

/**
 * fl_npy_load:
 *
 * Returns: (transfer full): the array in C order; elements of other types are rounded to float32
 */
FlTensor *fl_npy_load (const char *path, GError **error);

/* The same from memory; @name is how messages name it. */
FlTensor *fl_npy_load_bytes (GBytes *bytes, const char *name, GError **error);

/**
 * fl_npy_load_doubles:
 * @rank: (out): the number of axes
 * @shape: (out caller-allocates) (array fixed-size=8): their sizes, FL_TENSOR_MAX_RANK places
 *
 * Returns: (transfer full): the elements in C order, to be freed with g_free(); elements of other
 *   types are converted, integers beyond 2^53 rounded
 */
double *fl_npy_load_doubles (const char *path, int *rank, gint64 *shape, GError **error);

double *fl_npy_load_doubles_bytes (GBytes *bytes, const char *name, int *rank, gint64 *shape,
                                   GError **error);

/* Version 1, float32, little-endian, C order, the elements aligned to 64 bytes. Newly allocated. */
GBytes *fl_npy_to_bytes (FlTensor *tensor);

gboolean fl_npy_save (FlTensor *tensor, const char *path, GError **error);
