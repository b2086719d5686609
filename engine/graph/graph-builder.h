#pragma once

#include <glib.h>

#include "engine/core/tensor.h"
#include "engine/graph/graph.h"

/**
 * FlGraphBuilder:
 *
 * Makes a graph operator by operator, in topological order, checking every shape as it goes. Values
 * are known by small numbers, 0 and up.
 *
 * Operators have the names, inputs and attributes of ONNX, in the form of opset 13, with one
 * difference: what ONNX passes as integer tensors (shapes, axes, pads, splits, clip bounds) stands
 * in attributes. Attributes are a GVariantDict: "x" integer, "d" number, "s" text, "ax" and "ad"
 * lists. Absent attributes have ONNX's defaults.
 *
 *   Conv X,W[,B]                        strides dilations group pads auto_pad; W and B constants
 *   MaxPool X                           kernel_shape strides pads dilations ceil_mode auto_pad
 *   AveragePool X                       ... and count_include_pad
 *   GlobalAveragePool X
 *   BatchNormalization X,scale,B,mean,var   epsilon
 *   Relu Sigmoid Tanh HardSwish Softplus Erf Sqrt X
 *   LeakyRelu X (alpha)  HardSigmoid X (alpha beta)  Clip X (min max, each may be absent)
 *   Add Sub Mul Div Pow A,B             broadcasting
 *   Gemm A,B[,C]                        alpha beta transA transB
 *   MatMul A,B                          any rank from 1, broadcasting
 *   Concat X...  (axis)                 Split X (axis split)
 *   Slice X (starts ends axes steps)    Pad X (pads, value, mode: constant reflect edge)
 *   Reshape X (shape, with 0 and -1)    Flatten X (axis)   Squeeze X (axes)   Unsqueeze X (axes)
 *   Transpose X (perm)
 *   Softmax X (axis)  LogSoftmax X (axis)   along that one axis
 *   ReduceMean X (axes keepdims)
 */
typedef struct _FlGraphBuilder FlGraphBuilder;

FlGraphBuilder *fl_graph_builder_new (const char *name);
void fl_graph_builder_free (FlGraphBuilder *builder);

/* Whether operators of this type can be added: the rest of the world is data or unsupported. */
gboolean fl_graph_builder_supports (const char *type);

/**
 * fl_graph_builder_add_input:
 * @shape: (array length=rank): sizes with the batch axis, such as 1,3,224,224
 *
 * Returns: the value's number. A graph has one input.
 */
int fl_graph_builder_add_input (FlGraphBuilder *builder, const char *name, int rank,
                                const gint64 *shape);

/* Returns: the value's number; a reference to @tensor is kept. @name is what names a layer, see
 * below. */
int fl_graph_builder_add_constant (FlGraphBuilder *builder, const char *name, FlTensor *tensor);

/**
 * fl_graph_builder_add_operator:
 * @name: the node's name, may be empty
 * @inputs: (array length=n_inputs): numbers of values, -1 where an optional input is absent
 * @output_names: (array length=n_outputs): names of the outputs
 * @outputs: (out caller-allocates) (array length=n_outputs): the numbers of the outputs
 *
 * Adds an operator. A Conv's layer is named after the constant it reads as its weight, without the
 * ending ".weight"; without that ending after the node, else after its output.
 *
 * Returns: %FALSE with %FL_ERROR_SHAPE, %FL_ERROR_UNSUPPORTED or %FL_ERROR_RANGE, naming the
 * operator
 */
gboolean fl_graph_builder_add_operator (FlGraphBuilder *builder, const char *type, const char *name,
                                        int n_inputs, const int *inputs, int n_outputs,
                                        const char *const *output_names, int *outputs,
                                        GVariantDict *attributes, GError **error);

/* Shape of a value: borrowed until the next call that adds one. */
const gint64 *fl_graph_builder_shape (FlGraphBuilder *builder, int value, int *rank);

/* The tensor of a constant, borrowed; %NULL for what is computed. */
FlTensor *fl_graph_builder_constant (FlGraphBuilder *builder, int value);

/**
 * fl_graph_builder_finish:
 * @output: the value that holds the logits; operators that do not lead to it are dropped
 *
 * Returns: (transfer full): the graph, or %NULL with an error where the output does not depend on
 * the input or an operand is missing. The builder is empty after that either way.
 */
FlGraph *fl_graph_builder_finish (FlGraphBuilder *builder, int output, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlGraphBuilder, fl_graph_builder_free)
