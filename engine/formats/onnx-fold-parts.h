#pragma once

/* What the files of the constant folder share. Private to them. */

#include "engine/formats/onnx-fold.h"

typedef gboolean (*FlOnnxFoldFunc) (FlOnnxFold *fold, GError **error);

/* A family's operators; ends with type %NULL. */
typedef struct
{
  const char *type;
  FlOnnxFoldFunc func;
  int min_inputs;
  int max_inputs;
} FlOnnxFoldRule;

extern const FlOnnxFoldRule fl_onnx_fold_axes[];       /* what only renames axes */
extern const FlOnnxFoldRule fl_onnx_fold_moves[];      /* what only moves elements */
extern const FlOnnxFoldRule fl_onnx_fold_shapes[];     /* what is made from sizes and attributes */
extern const FlOnnxFoldRule fl_onnx_fold_arithmetic[]; /* element by element, and reductions */

/* Takes @bytes of work or memory from the budget; FALSE with FL_ERROR_LIMIT where it is used up. */
gboolean fl_onnx_fold_charge (FlOnnxFold *fold, gsize bytes, GError **error);

/* Makes output @index, of zeros; %NULL with %FL_ERROR_LIMIT or %FL_ERROR_SHAPE. Borrowed. */
FlOnnxConstant *fl_onnx_fold_output (FlOnnxFold *fold, int index, FlOnnxType type, int rank,
                                     const gint64 *shape, GError **error);

/* Input @index as a list of integers: a scalar is a list of one. Newly allocated, one element more
 * than @n. */
gint64 *fl_onnx_fold_integers (FlOnnxFold *fold, int index, gsize *n, GError **error);

/* A list that is an attribute in old operator sets and input @index in newer ones. Newly allocated.
 */
gint64 *fl_onnx_fold_list (FlOnnxFold *fold, int index, const char *name, gsize *n,
                           gboolean *present, GError **error);

/* The input, or %NULL where it is absent. */
static inline FlOnnxConstant *
fl_onnx_fold_input (const FlOnnxFold *fold, int index)
{
  return index < fold->n_inputs ? fold->inputs[index] : NULL;
}

/**
 * FlOnnxOdometer:
 * @offset: of the current element in each of up to three arrays
 *
 * Runs over the elements of a shape in row-major order, with a place in several arrays that have
 * strides of their own along its axes.
 */
typedef struct
{
  int rank;
  int n;
  gint64 shape[FL_TENSOR_MAX_RANK];
  gint64 index[FL_TENSOR_MAX_RANK];
  gint64 stride[3][FL_TENSOR_MAX_RANK];
  gint64 offset[3];
} FlOnnxOdometer;

static inline void
fl_onnx_odometer_next (FlOnnxOdometer *odometer)
{
  for (int axis = odometer->rank - 1; axis >= 0; axis--)
    {
      for (int k = 0; k < odometer->n; k++)
        odometer->offset[k] += odometer->stride[k][axis];
      if (++odometer->index[axis] < odometer->shape[axis])
        return;
      for (int k = 0; k < odometer->n; k++)
        odometer->offset[k] -= odometer->stride[k][axis] * odometer->shape[axis];
      odometer->index[axis] = 0;
    }
}

/* Row-major strides. */
void fl_onnx_strides (int rank, const gint64 *shape, gint64 *strides);

/**
 * fl_onnx_fold_broadcast:
 * @odometer: (out): runs over the common shape, with a place in each of the @n inputs from @first
 * on
 */
gboolean fl_onnx_fold_broadcast (FlOnnxFold *fold, int first, int n, FlOnnxOdometer *odometer,
                                 GError **error);
