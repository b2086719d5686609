#pragma once

/*
 * The record of an operator: all that the graph, the plan and the execution know about its kind.
 * Each operator-*.c defines the records of one family; operator-table.c lists them. Private to this
 * folder.
 */

#include <glib.h>

#include "engine/core/pool.h"
#include "engine/core/tensor.h"
#include "engine/graph/scratch.h"

#define FL_OPERATOR_MAX_INPUTS 1024
#define FL_OPERATOR_MAX_OUTPUTS 1024

/* A logical shape, in ONNX order of axes, batch axis included. */
typedef struct
{
  int rank;
  gint64 size[FL_TENSOR_MAX_RANK];
} FlShape;

/*
 * A value in memory: its logical shape, how many floats apart neighbours along each axis are, and
 * where its first element is. Values of rank 4 are mostly channels-last, but only the operators
 * whose record says FL_LAYOUT_CHANNELS_LAST may rely on it: all others must take any strides.
 */
typedef struct
{
  FlShape shape;
  gint64 stride[FL_TENSOR_MAX_RANK];
  float *data;
} FlView;

typedef enum
{
  FL_LAYOUT_FOLLOW,        /* outputs are laid out like the first computed input of the same rank */
  FL_LAYOUT_CHANNELS_LAST, /* input 0 and the outputs have rank 4 and lie as [N][H][W][C], dense */
  FL_LAYOUT_ROW_MAJOR,     /* would like inputs and outputs row-major, but takes any */
  FL_LAYOUT_PERMUTED, /* Transpose: the output lies as the input does, with its axes renamed; its
                              parameters begin with int perm[FL_TENSOR_MAX_RANK] */
} FlLayoutRule;

/* What a shape rule is given. Optional inputs stand in the arrays even where `n_inputs` stops
 * short. */
typedef struct
{
  const char *type;
  const char *name; /* for messages: the node's name, else its output's */
  int n_inputs;
  const FlShape *inputs;      /* rank -1 where an optional input is absent */
  FlTensor *const *constants; /* the input's elements where it is constant, else NULL */
  GVariantDict *attributes;   /* never NULL */
  int n_outputs;
} FlOperatorRequest;

/*
 * What a pass is given. Views of absent inputs, up to the record's `max_inputs`, have data NULL. In
 * a backward pass `output_gradients` and `input_gradients` have the layouts of the values they
 * belong to (row-major for constants); an input gradient whose data is NULL is not wanted. Backward
 * ADDS to the input gradients. Every output gradient is there (zeros where nothing depends on the
 * output).
 */
typedef struct
{
  const char *type;
  gconstpointer parameters; /* what the shape rule made */
  int n_inputs;
  int n_outputs;
  const FlView *inputs;
  const FlView *outputs;
  const FlView *output_gradients;
  const FlView *input_gradients;
  const float *packed_weight; /* records with `packed_size`: the packed input 1, edits included */
  double *filter_sums; /* Conv, backward, nullable: ADD the sum of |dW| for each output channel */
  FlPool *pool;
  FlScratch *scratch;
} FlRun;

/**
 * FlOperatorRecord:
 * @type: as in ONNX
 * @min_inputs: needed inputs
 * @max_inputs: with the optional ones
 * @layout: see FlLayoutRule
 * @statistics: bit i: input i holds measured statistics (a running mean), which is not a parameter
 * and gets no gradient
 * @prepare: the shape rule: checks inputs and attributes, fills @outputs (array length=n_outputs)
 * and gives away in @parameters (nullable, g_free'd later: one plain block) what the passes need;
 * sets an error that begins "TYPE 'NAME': "
 * @forward: computes the outputs
 * @backward: adds J' output_gradients to the input gradients that are wanted; may read inputs and
 * outputs
 * @tangent: later: given tangents of the inputs (and of the weights), those of the outputs
 * @curvature: later: given inputs a, their tangents t and the multiplier m of the output, adds
 *   d/da <m, J(a) t> to the cotangent of every input; %NULL for linear operators. With @tangent
 * this is all that second-order quantities need
 * @multiply_adds: (nullable): multiplications of one forward pass; %NULL: 0
 * @packed_size: (nullable): floats that input 1, a constant, takes when packed for the kernels
 * @pack: (nullable): packs all output channels of @weight, [O,I,KH,KW]
 * @pack_filter: (nullable): writes output channel @channel of @weights ([I,KH,KW], %NULL: zeros)
 * into a packed weight
 */
typedef struct
{
  const char *type;
  int min_inputs;
  int max_inputs;
  FlLayoutRule layout;
  guint statistics;
  gboolean (*prepare) (const FlOperatorRequest *request, FlShape *outputs, gpointer *parameters,
                       GError **error);
  void (*forward) (const FlRun *run);
  void (*backward) (const FlRun *run);
  void (*tangent) (const FlRun *run);
  void (*curvature) (const FlRun *run);
  gint64 (*multiply_adds) (gconstpointer parameters);
  gsize (*packed_size) (gconstpointer parameters);
  void (*pack) (gconstpointer parameters, const float *weight, float *packed);
  void (*pack_filter) (gconstpointer parameters, int channel, const float *weights, float *packed);
} FlOperatorRecord;

/* The record of a type, or NULL. */
const FlOperatorRecord *fl_operator_record_find (const char *type);

/* Product of the sizes. */
gint64 fl_shape_count (const FlShape *shape);

/* Attributes with defaults. A list of another length than n (n >= 0) or of the wrong type is an
 * error. */
gint64 fl_attribute_int (const FlOperatorRequest *request, const char *key, gint64 fallback);
double fl_attribute_double (const FlOperatorRequest *request, const char *key, double fallback);
char *fl_attribute_text (const FlOperatorRequest *request, const char *key); /* owned, nullable */

/* (transfer full) (nullable): the list, NULL where it is absent; *n its length. */
gint64 *fl_attribute_ints (const FlOperatorRequest *request, const char *key, int *n);

/* Sets "TYPE 'NAME': " and the message; returns FALSE, so that a rule can end with it. */
gboolean fl_operator_error (const FlOperatorRequest *request, GError **error, int code,
                            const char *format, ...) G_GNUC_PRINTF (4, 5);
