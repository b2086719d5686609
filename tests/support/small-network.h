#pragma once

#include "engine/graph/graph-builder.h"

/**
 * fl_test_small_network:
 * @seed: of its weights
 *
 * A residual network of 3x9x8 inputs and 4 classes: "stem" (6 filters, normalised), then "left"
 * (1x1) and "right" (3x3, with a bias; 5 filters each) added, then "again" (5 filters 3x3, read by
 * two operators in turn), global average and a linear classifier. 21 filters in all.
 *
 * Returns: (transfer full): the graph
 */
FlGraph *fl_test_small_network (guint32 seed);

/* A tensor of normal numbers. */
FlTensor *fl_test_random_tensor (guint32 seed, int rank, const gint64 *shape);

/* Adds an operator with one output; any error ends the test. Returns the output. */
int fl_test_add (FlGraphBuilder *builder, const char *type, const char *name, int n_inputs,
                 const int *inputs, GVariantDict *attributes);

/* Sets a list attribute. */
void fl_test_set_ints (GVariantDict *attributes, const char *key, int n, const gint64 *numbers);
