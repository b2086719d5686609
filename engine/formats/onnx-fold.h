#pragma once

#include <glib.h>

#include "engine/formats/onnx-node.h"
#include "engine/formats/onnx-tensor.h"

/**
 * FlOnnxFold:
 * @opset: version of the default operator set
 * @inputs: (array length=n_inputs): %NULL elements where an optional input is absent
 * @outputs: (array length=n_outputs) (out): filled by fl_onnx_fold(), owned by the caller
 * @budget: bytes that results may still take, over the whole import: a small file must not be able
 * to ask for a large memory
 *
 * A node whose inputs are all known.
 */
typedef struct
{
  FlOnnxDocument *document;
  const FlOnnx__Node *node;
  int opset;
  int n_inputs;
  FlOnnxConstant *const *inputs;
  int n_outputs;
  FlOnnxConstant **outputs;
  gint64 *budget;
} FlOnnxFold;

/* Whether nodes of this type can be computed from constants. */
gboolean fl_onnx_fold_knows (const char *type);

/**
 * fl_onnx_fold:
 *
 * Computes the outputs: integers in 64 bits with the width of their type, floats in double, rounded
 * to their type.
 *
 * Returns: %FALSE with %FL_ERROR_MALFORMED, %FL_ERROR_SHAPE, %FL_ERROR_RANGE, %FL_ERROR_UNSUPPORTED
 * or %FL_ERROR_LIMIT; no outputs are set then
 */
gboolean fl_onnx_fold (FlOnnxFold *fold, GError **error);

/* Shape of a value of these sizes, with the node's attributes start and end. */
gboolean fl_onnx_fold_shape (const FlOnnx__Node *node, int rank, const gint64 *shape,
                             FlOnnxConstant **result, GError **error);

/**
 * fl_onnx_node_reduced_axes:
 * @axes: (nullable): the second input, which newer operator sets have instead of the attribute
 * @reduced: (out caller-allocates) (array length=rank): whether the node reduces each axis
 *
 * Reads the axes of a reduction: none given means all, or none with noop_with_empty_axes.
 */
gboolean fl_onnx_node_reduced_axes (const FlOnnx__Node *node, int rank, const FlOnnxConstant *axes,
                                    gboolean *reduced, GError **error);

/**
 * fl_onnx_split_sizes:
 * @size: of the axis that is split
 * @given: (nullable) (array length=n_given): sizes of the parts, %NULL for equal ones
 *
 * Returns: (transfer full): the sizes of the parts; %NULL with %FL_ERROR_SHAPE
 */
gint64 *fl_onnx_split_sizes (const FlOnnx__Node *node, gint64 size, int n_outputs,
                             const gint64 *given, gsize n_given, GError **error);
