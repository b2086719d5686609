#pragma once

/* What a graph is made of. For the files of this folder only. */

#include "engine/graph/graph.h"
#include "engine/graph/operator-record.h"

typedef struct
{
  char *name; /* owned */
  FlShape shape;
  FlTensor *constant; /* owned, NULL for what is computed */
  int weight;         /* index among the weights, -1 */
  int producer;       /* index of the operator that computes it, -1 for the input and constants */
  int last_consumer;  /* index of the last operator that reads it, -1 */
  int n_consumers;    /* how often operators read it */
} FlValue;

typedef struct
{
  const FlOperatorRecord *record; /* borrowed: static */
  char *name;                     /* owned: the node's, else its first output's */
  int n_inputs;
  int *inputs; /* owned: numbers of values, -1 where absent */
  int n_outputs;
  int *outputs;        /* owned */
  gpointer parameters; /* owned: what the shape rule made */
  int layer;           /* of a Conv, else -1 */
} FlOperator;

struct _FlGraph
{
  gatomicrefcount references;
  char *name;             /* owned */
  GArray *values;         /* owned, of FlValue */
  GArray *operators;      /* owned, of FlOperator, topological order */
  GArray *layers;         /* owned, of FlLayer */
  GPtrArray *layer_names; /* owned, of owned strings: what the layers' names point to */
  GArray *weights;        /* owned, of int: values */
  int input;              /* values */
  int output;
  int n_filters;
};

static inline FlValue *
fl_graph_value (const FlGraph *graph, int index)
{
  return &g_array_index (graph->values, FlValue, index);
}

static inline FlOperator *
fl_graph_operator (const FlGraph *graph, int index)
{
  return &g_array_index (graph->operators, FlOperator, index);
}

/* How many inputs an operator's arrays hold: absent optional ones included. */
static inline int
fl_operator_n_slots (const FlOperatorRecord *record, int n_inputs)
{
  return record->max_inputs > FL_OPERATOR_MAX_INPUTS ? n_inputs
                                                     : MAX (record->max_inputs, n_inputs);
}

void fl_value_clear (gpointer value);
void fl_operator_clear (gpointer operator);
