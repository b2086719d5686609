#pragma once

/* What the files that translate nodes share. Private to them. */

#include "engine/formats/onnx-import.h"

typedef gboolean (*FlOnnxTranslateFunc) (FlOnnxImport *import, const FlOnnx__Node *node,
                                         FlOnnxValue *const *inputs, GError **error);

/**
 * FlOnnxNodeRule:
 * @attributes: (nullable): those that the builder has under the same name: "strides:ax group:x"
 * @translate: (nullable): %NULL where inputs and attributes go to the builder as they are
 *
 * How nodes of one type are translated. Lists end with type %NULL.
 */
typedef struct
{
  const char *type;
  int min_inputs;
  int max_inputs;
  const char *attributes;
  FlOnnxTranslateFunc translate;
} FlOnnxNodeRule;

extern const FlOnnxNodeRule fl_onnx_operator_rules[];  /* operators that compute */
extern const FlOnnxNodeRule fl_onnx_composite_rules[]; /* those that are several of the graph's */
extern const FlOnnxNodeRule fl_onnx_layout_rules[];    /* operators that move or rename */

const FlOnnxNodeRule *fl_onnx_node_rule (const char *type);

/* Copies the attributes of a rule. */
gboolean fl_onnx_copy_attributes (const FlOnnx__Node *node, const char *attributes,
                                  GVariantDict *dict, GError **error);

void fl_onnx_dict_ints (GVariantDict *dict, const char *name, const gint64 *values, gsize n);

/**
 * fl_onnx_emit:
 * @part: (nullable): names a step of a node that takes several; %NULL: the step that makes its
 * output 0, which is bound
 * @result: (out) (nullable): the value's number
 *
 * Adds an operator of one output.
 */
gboolean
fl_onnx_emit (FlOnnxImport *import, const FlOnnx__Node *node, const char *type, const char *part,
              int n_inputs, const int *inputs, GVariantDict *dict, int *result, GError **error);

/* A scalar of the data path. */
int fl_onnx_emit_number (FlOnnxImport *import, const FlOnnx__Node *node, const char *part,
                         double number);

/* Binds output 0 to the value of input 0. */
gboolean fl_onnx_see_through (FlOnnxImport *import, const FlOnnx__Node *node,
                              FlOnnxValue *const *inputs, GError **error);

/**
 * fl_onnx_list_operand:
 * @index: of the input, or -1 where this operator set has none
 * @name: (nullable): of the attribute that older operator sets have instead
 * @list: (out): newly allocated, %NULL where neither is there
 *
 * Reads a list of integers that must be constant; a computed one is refused: @list is %NULL and
 * @refused set then.
 */
gboolean fl_onnx_list_operand (FlOnnxImport *import, const FlOnnx__Node *node,
                               FlOnnxValue *const *inputs, int index, const char *name,
                               gint64 **list, gsize *n, gboolean *refused, GError **error);

/* Likewise a number, a constant of one element; @there tells whether it is given. */
gboolean fl_onnx_number_operand (FlOnnxImport *import, const FlOnnx__Node *node,
                                 FlOnnxValue *const *inputs, int index, double *number,
                                 gboolean *there, gboolean *refused, GError **error);
