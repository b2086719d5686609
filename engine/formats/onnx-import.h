#pragma once

/* How a model becomes a graph: what the reader and the translation of nodes share. Private to this
 * folder and its tests. */

#include <glib.h>

#include "engine/core/pool.h"
#include "engine/formats/onnx-node.h"
#include "engine/formats/onnx-tensor.h"
#include "engine/graph/graph-builder.h"

/**
 * FlOnnxValue:
 * @name: borrowed from the model
 * @initialiser: (nullable): its tensor in the model, which is read when it is first needed
 * @constant: (nullable): its elements, where they do not depend on the input
 * @value: number in the builder, -1 where it has none (yet)
 * @producer: index of the node that makes it, -1 for inputs and initialisers
 * @used: whether something that leads to the output reads it
 * @lost: whether it comes from something unsupported
 */
typedef struct
{
  const char *name;
  const FlOnnx__Tensor *initialiser;
  FlOnnxConstant *constant;
  int value;
  int producer;
  gboolean used;
  gboolean lost;
} FlOnnxValue;

/**
 * FlOnnxImport:
 * @values: name -> FlOnnxValue
 * @unsupported: one element for each kind of problem
 * @budget: see FlOnnxFold
 * @softmax: (nullable): the Softmax or LogSoftmax that ends the network
 * @set_aside: (nullable): its name, once it has been left out
 */
typedef struct
{
  FlOnnxDocument *document; /* borrowed */
  int opset;
  FlGraphBuilder *builder; /* owned */
  GHashTable *values;      /* owned */
  GPtrArray *unsupported;  /* owned */
  FlPool *pool;            /* owned, made when first needed */
  gint64 budget;
  const FlOnnx__Node *softmax;
  char *set_aside; /* owned */
} FlOnnxImport;

/**
 * FlOnnxImportOptions:
 * @width: see fl_onnx_load()
 * @constants: (nullable) (element-type utf8 FlOnnxConstant): inputs that are given instead of left
 * open
 * @any_shape: take an input of any shape, not only one picture
 * @output: index of the wanted output
 */
typedef struct
{
  int width;
  int height;
  GHashTable *constants;
  gboolean any_shape;
  int output;
} FlOnnxImportOptions;

/**
 * FlOnnxImportResult:
 * @graph: (nullable): owned; %NULL where the output does not depend on the input
 * @constant: (nullable): owned; the output's elements then
 */
typedef struct
{
  FlGraph *graph;
  FlOnnxConstant *constant;
  gboolean free_axes;
  char *set_aside; /* owned */
} FlOnnxImportResult;

void fl_onnx_import_result_clear (FlOnnxImportResult *result);

/* Reads @document; errors are those of fl_onnx_load(), @result is untouched then. */
gboolean fl_onnx_import (FlOnnxDocument *document, const FlOnnxImportOptions *options,
                         FlOnnxImportResult *result, GError **error);

/* ---- for the translation of nodes ---- */

void fl_onnx_import_init (FlOnnxImport *import, FlOnnxDocument *document);
void fl_onnx_import_clear (FlOnnxImport *import);

/* Makes a value known, as yet without a producer. Returns it, borrowed; so is @name. */
FlOnnxValue *fl_onnx_import_add_value (FlOnnxImport *import, const char *name);

/* Whether nodes of this type can be translated or computed. */
gboolean fl_onnx_node_is_known (const char *type);

/**
 * fl_onnx_translate:
 * @inputs: (array): the node's inputs, %NULL where one is absent; some of them depend on the input
 *
 * Adds what the node computes to the builder and binds its outputs; or says with
 * fl_onnx_import_refuse() that it cannot.
 */
gboolean fl_onnx_translate (FlOnnxImport *import, const FlOnnx__Node *node,
                            FlOnnxValue *const *inputs, GError **error);

/* Refuses the node for what was refused of its @part. FALSE where that was nothing. */
gboolean fl_onnx_import_adopt_refusal (FlOnnxImport *import, const FlOnnx__Node *node,
                                       const FlOnnxImport *part);

/* Notes that @what, of this node, is not supported; its outputs are lost. Returns TRUE. */
gboolean fl_onnx_import_refuse (FlOnnxImport *import, const FlOnnx__Node *node, const char *what);

/* FALSE with FL_ERROR_UNSUPPORTED, which lists all that was refused, where that was anything. */
gboolean fl_onnx_import_report (const FlOnnxImport *import, GError **error);

/* What an output of the node is: an owned constant, or the number of a value. Absent outputs are
 * passed over. */
void fl_onnx_import_bind_constant (FlOnnxImport *import, const FlOnnx__Node *node, gsize output,
                                   FlOnnxConstant *constant);
void
fl_onnx_import_bind_value (FlOnnxImport *import, const FlOnnx__Node *node, gsize output, int value);

/* The value of an output, borrowed; NULL where the output is absent. */
FlOnnxValue *
fl_onnx_import_output_value (FlOnnxImport *import, const FlOnnx__Node *node, gsize output);

/* Whether something that matters reads output @output of the node. */
gboolean
fl_onnx_import_output_is_used (FlOnnxImport *import, const FlOnnx__Node *node, gsize output);

/* The elements of a value that is a constant, borrowed; reads its initialiser where needed. */
FlOnnxConstant *fl_onnx_import_constant (FlOnnxImport *import, FlOnnxValue *value, GError **error);

static inline gboolean
fl_onnx_value_is_constant (const FlOnnxValue *value)
{
  return value->initialiser != NULL || value->constant != NULL;
}

typedef enum
{
  FL_OPERAND_FINITE,   /* a weight: NaN and infinities are errors */
  FL_OPERAND_INFINITE, /* infinities are meant, as in masks */
  FL_OPERAND_INTEGER,  /* finite, and may be of an integer type, as exponents are */
} FlOperandKind;

/**
 * fl_onnx_import_operand:
 * @number: (out): the value's number in the builder, made where it is a constant that has none yet
 */
gboolean fl_onnx_import_operand (FlOnnxImport *import, const FlOnnx__Node *node, FlOnnxValue *value,
                                 FlOperandKind kind, int *number, GError **error);

/* Shape of a value that is known, borrowed until the builder's next value. */
gboolean fl_onnx_import_shape (FlOnnxImport *import, FlOnnxValue *value, int *rank,
                               const gint64 **shape, GError **error);
