#pragma once

#include "engine/graph/graph-builder.h"
#include "tests/support/naive-array.h"

/**
 * FlNetworkScript:
 *
 * A small network written as text, so that tests read like tables:
 *
 *   y = Conv(x:1x3x7x7, w:4x3x3x3, b:4) strides=[2,2] pads=[1,1,1,1]; Concat(y, x) axis=1
 *
 * Operators are separated by semicolons; the last output is the network's. A name with a shape
 * declares a tensor: "x" is the input, all others are constants. "two=2.0" declares a constant
 * scalar, "b:scalar" one by chance, "-" is an absent input, and "p, q = Split(x)" has two outputs.
 * Attributes: [1,2] is a list of integers, 1 an integer, 0.5 a number, all else text.
 *
 * Elements of declared tensors are drawn by chance, all different and apart from one another and
 * from 0, between -2 and 2; after "~positive" between 0.5 and 2.5, after "~wide" between -6 and 6.
 * They are floats. Mistakes in a script end the test.
 */
typedef struct
{
  GPtrArray *names;     /* owned, of owned strings: the values */
  GPtrArray *tensors;   /* owned, of FlNaiveArray; the declared ones, NULL for what is computed */
  GPtrArray *operators; /* owned, of FlScriptOperator */
  int input;            /* index of a value */
} FlNetworkScript;

typedef struct
{
  char *type;               /* owned */
  GArray *inputs;           /* owned, of int: values, -1 where absent */
  GArray *outputs;          /* owned, of int */
  GVariantDict *attributes; /* owned */
} FlScriptOperator;

FlNetworkScript *fl_network_script_new (const char *text);
void fl_network_script_free (FlNetworkScript *script);

/**
 * fl_network_script_build:
 *
 * Returns: (transfer full): the graph, or %NULL with the error of the builder
 */
FlGraph *fl_network_script_build (const FlNetworkScript *script, GError **error);

/* The output by naive operators, from the tensors as they are now. (transfer full) */
FlNaiveArray *fl_network_script_compute (const FlNetworkScript *script);

/* The values of an array as a tensor. (transfer full) */
FlTensor *fl_network_script_tensor (const FlNaiveArray *array);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlNetworkScript, fl_network_script_free)
