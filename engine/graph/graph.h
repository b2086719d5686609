#pragma once

#include <glib.h>

#include "engine/core/tensor.h"

/**
 * FlGraph:
 *
 * A network: operators in topological order, their weights and every shape. Made once by a
 * FlGraphBuilder and never changed after that, so it is shared freely between threads. Reference
 * counted.
 *
 * One picture at a time: the first axis of the input is 1. Logits are the elements of the one
 * output.
 */
typedef struct _FlGraph FlGraph;

/**
 * FlLayer:
 *
 * A convolution weight that operators of type Conv read; a weight shared by two operators is one
 * layer. A *filter* is one output channel of a layer. Filters are numbered through the network:
 * layers in the order of their first Conv, then output channel. All fields are borrowed from the
 * graph.
 */
typedef struct
{
  const char *name;
  int n_filters;      /* output channels */
  int first_filter;   /* number of filter 0 of this layer in the whole network */
  int group_channels; /* input channels that one filter reads */
  int n_groups;
  int kernel_height;
  int kernel_width;
  int filter_size;   /* weights in one filter: group_channels * kernel_height * kernel_width */
  int stride_height; /* of the first operator, like the next three */
  int stride_width;
  int output_height;
  int output_width;
  int first_operator;     /* index of the first Conv that reads it */
  int n_operators;        /* how many Conv read it */
  gint64 n_parameters;    /* weights, and the biases of its operators */
  gint64 n_multiply_adds; /* of one forward pass, over all its operators */
  int weight;             /* index for fl_graph_weight() */
} FlLayer;

FlGraph *fl_graph_ref (FlGraph *graph);
void fl_graph_unref (FlGraph *graph);

const char *fl_graph_name (const FlGraph *graph);

/* [C, H, W] of the input. */
void fl_graph_input_size (const FlGraph *graph, int *channels, int *height, int *width);

int fl_graph_n_classes (const FlGraph *graph);

int fl_graph_n_operators (const FlGraph *graph);
const char *fl_graph_operator_type (const FlGraph *graph, int index);
const char *fl_graph_operator_name (const FlGraph *graph, int index);

int fl_graph_n_layers (const FlGraph *graph);
const FlLayer *fl_graph_layer (const FlGraph *graph, int index);

/* Index of the layer of that name, or -1. */
int fl_graph_find_layer (const FlGraph *graph, const char *name);

/* Index of the layer that holds filter number @filter, 0 .. fl_graph_n_filters() - 1. */
int fl_graph_layer_of_filter (const FlGraph *graph, int filter);

int fl_graph_n_filters (const FlGraph *graph);

/*
 * Weights: every constant that an operator computes with (kernels, biases, matrices, normalisation
 * constants), in the order in which operators first read them.
 */
int fl_graph_n_weights (const FlGraph *graph);
const char *fl_graph_weight_name (const FlGraph *graph, int index);
FlTensor *fl_graph_weight (const FlGraph *graph, int index); /* borrowed */

/* Trainable numbers: the elements of all weights but the running mean and variance of
 * normalisations. */
gint64 fl_graph_n_parameters (const FlGraph *graph);

/* Multiplications of one forward pass in convolutions and matrix products. */
gint64 fl_graph_n_multiply_adds (const FlGraph *graph);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlGraph, fl_graph_unref)
