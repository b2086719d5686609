#include "engine/graph/graph-private.h"

#include <string.h>

void
fl_value_clear (gpointer data)
{
  FlValue *value = data;

  g_free (value->name);
  g_clear_pointer (&value->constant, fl_tensor_unref);
}

void
fl_operator_clear (gpointer data)
{
  FlOperator *op = data;

  g_free (op->name);
  g_free (op->inputs);
  g_free (op->outputs);
  g_free (op->parameters);
}

FlGraph *
fl_graph_ref (FlGraph *graph)
{
  g_atomic_ref_count_inc (&graph->references);
  return graph;
}

void
fl_graph_unref (FlGraph *graph)
{
  if (!g_atomic_ref_count_dec (&graph->references))
    return;
  g_array_unref (graph->values);
  g_array_unref (graph->operators);
  g_array_unref (graph->layers);
  g_ptr_array_unref (graph->layer_names);
  g_array_unref (graph->weights);
  g_free (graph->name);
  g_free (graph);
}

const char *
fl_graph_name (const FlGraph *graph)
{
  return graph->name;
}

void
fl_graph_input_size (const FlGraph *graph, int *channels, int *height, int *width)
{
  const FlShape *shape = &fl_graph_value (graph, graph->input)->shape;

  *channels = shape->rank == 4 ? (int) shape->size[1] : 0;
  *height = shape->rank == 4 ? (int) shape->size[2] : 0;
  *width = shape->rank == 4 ? (int) shape->size[3] : 0;
}

int
fl_graph_n_classes (const FlGraph *graph)
{
  return (int) fl_shape_count (&fl_graph_value (graph, graph->output)->shape);
}

int
fl_graph_n_operators (const FlGraph *graph)
{
  return (int) graph->operators->len;
}

const char *
fl_graph_operator_type (const FlGraph *graph, int index)
{
  g_return_val_if_fail (index >= 0 && index < fl_graph_n_operators (graph), NULL);
  return fl_graph_operator (graph, index)->record->type;
}

const char *
fl_graph_operator_name (const FlGraph *graph, int index)
{
  g_return_val_if_fail (index >= 0 && index < fl_graph_n_operators (graph), NULL);
  return fl_graph_operator (graph, index)->name;
}

int
fl_graph_n_layers (const FlGraph *graph)
{
  return (int) graph->layers->len;
}

const FlLayer *
fl_graph_layer (const FlGraph *graph, int index)
{
  g_return_val_if_fail (index >= 0 && index < fl_graph_n_layers (graph), NULL);
  return &g_array_index (graph->layers, FlLayer, index);
}

int
fl_graph_find_layer (const FlGraph *graph, const char *name)
{
  for (int i = 0; i < fl_graph_n_layers (graph); i++)
    if (strcmp (fl_graph_layer (graph, i)->name, name) == 0)
      return i;
  return -1;
}

int
fl_graph_layer_of_filter (const FlGraph *graph, int filter)
{
  int low = 0;
  int high = fl_graph_n_layers (graph) - 1;

  g_return_val_if_fail (filter >= 0 && filter < graph->n_filters, -1);
  while (low < high)
    {
      int middle = (low + high + 1) / 2;

      if (fl_graph_layer (graph, middle)->first_filter <= filter)
        low = middle;
      else
        high = middle - 1;
    }
  return low;
}

int
fl_graph_n_filters (const FlGraph *graph)
{
  return graph->n_filters;
}

int
fl_graph_n_weights (const FlGraph *graph)
{
  return (int) graph->weights->len;
}

const char *
fl_graph_weight_name (const FlGraph *graph, int index)
{
  g_return_val_if_fail (index >= 0 && index < fl_graph_n_weights (graph), NULL);
  return fl_graph_value (graph, g_array_index (graph->weights, int, index))->name;
}

FlTensor *
fl_graph_weight (const FlGraph *graph, int index)
{
  g_return_val_if_fail (index >= 0 && index < fl_graph_n_weights (graph), NULL);
  return fl_graph_value (graph, g_array_index (graph->weights, int, index))->constant;
}

gint64
fl_graph_n_parameters (const FlGraph *graph)
{
  g_autofree gboolean *counted = g_new0 (gboolean, MAX (graph->weights->len, 1));
  gint64 total = 0;

  for (int i = 0; i < fl_graph_n_operators (graph); i++)
    {
      const FlOperator *op = fl_graph_operator (graph, i);

      for (int j = 0; j < op->n_inputs; j++)
        {
          const FlValue *value = NULL;

          if (op->inputs[j] < 0 || (j < 32 && (op->record->statistics >> j & 1)))
            continue;
          value = fl_graph_value (graph, op->inputs[j]);
          if (value->weight < 0 || counted[value->weight])
            continue;
          counted[value->weight] = TRUE;
          total += fl_shape_count (&value->shape);
        }
    }
  return total;
}

gint64
fl_graph_n_multiply_adds (const FlGraph *graph)
{
  gint64 total = 0;

  for (int i = 0; i < fl_graph_n_operators (graph); i++)
    {
      const FlOperator *op = fl_graph_operator (graph, i);

      if (op->record->multiply_adds != NULL)
        total += op->record->multiply_adds (op->parameters);
    }
  return total;
}
