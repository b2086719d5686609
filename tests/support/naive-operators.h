#pragma once

#include "tests/support/naive-array.h"

/**
 * FlNaiveCall:
 *
 * One operator with its inputs (%NULL where absent), and places for its outputs.
 */
typedef struct
{
  const char *type;
  GVariantDict *attributes;
  int n_inputs;
  FlNaiveArray *const *inputs;
  int n_outputs;
  FlNaiveArray **outputs;
} FlNaiveCall;

/**
 * fl_naive_compute:
 *
 * Computes an operator as its ONNX definition says (opset 13; shapes, axes, pads and bounds in
 * attributes, as in a graph builder), in double and with the simplest loops there are. It shares no
 * code with the engine and checks nothing: what it is given must be right.
 */
void fl_naive_compute (const FlNaiveCall *call);

/* For the files that hold the operators: FALSE where the type is not one of theirs. */
gboolean fl_naive_compute_element_wise (const FlNaiveCall *call);
gboolean fl_naive_compute_window (const FlNaiveCall *call);
gboolean fl_naive_compute_sum (const FlNaiveCall *call);
gboolean fl_naive_compute_rearrangement (const FlNaiveCall *call);

gint64 fl_naive_int (const FlNaiveCall *call, const char *key, gint64 fallback);
double fl_naive_double (const FlNaiveCall *call, const char *key, double fallback);

/* (transfer full): the text, "" where it is absent. */
char *fl_naive_text (const FlNaiveCall *call, const char *key);

/* Copies a list to @list, which has room for it, and returns its length; -1 where it is absent. */
int fl_naive_ints (const FlNaiveCall *call, const char *key, gint64 *list);
