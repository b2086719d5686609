#include <math.h>
#include <stdlib.h>

#include "engine/graph/execution-private.h"
#include "engine/graph/view.h"

void
fl_gradients_free (FlGradients *gradients)
{
  g_clear_pointer (&gradients->input, fl_tensor_unref);
  g_clear_pointer (&gradients->weights, g_ptr_array_unref);
  g_free (gradients->filters);
  g_free (gradients);
}

typedef struct
{
  FlExecution *execution; /* borrowed */
  FlGradientKind kinds;
  FlGradients *result; /* borrowed */
  FlTensor **shared;   /* owned array and tensors: dW of layers with several operators */
  FlView *views;       /* owned: gradients of the values; data NULL where not wanted */
} Backward;

static void
backward_clear (Backward *backward)
{
  for (int i = 0; i < fl_graph_n_layers (backward->execution->plan->graph); i++)
    g_clear_pointer (&backward->shared[i], fl_tensor_unref);
  g_free (backward->shared);
  g_free (backward->views);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Backward, backward_clear)

static void
tensor_free (gpointer tensor)
{
  if (tensor != NULL)
    fl_tensor_unref (tensor);
}

/* Whether an input of some operator is statistics, which have no gradient. */
static gboolean
is_statistics (const FlOperator *op, int input)
{
  return input < 32 && (op->record->statistics >> input & 1) != 0;
}

static FlTensor *
tensor_like (const FlShape *shape)
{
  return fl_tensor_new (shape->rank, shape->size);
}

/* Decides what is wanted, and makes room for it. */
static void
backward_init (Backward *backward, FlExecution *execution, FlGradientKind kinds,
               FlGradients *result)
{
  const FlPlan *plan = execution->plan;
  const FlGraph *graph = plan->graph;

  backward->execution = execution;
  backward->kinds = kinds;
  backward->result = result;
  backward->shared = g_new0 (FlTensor *, MAX (fl_graph_n_layers (graph), 1));
  backward->views = g_new (FlView, graph->values->len);
  if (execution->gradients == NULL)
    execution->gradients = fl_block_new (plan->gradient_size);
  for (int v = 0; v < (int) graph->values->len; v++)
    {
      const FlValuePlan *value = &plan->values[v];
      gboolean wanted = (kinds & FL_GRADIENT_INPUT) != 0
                        || ((kinds & FL_GRADIENT_WEIGHTS) != 0 && value->after_weight)
                        || ((kinds & FL_GRADIENT_FILTERS) != 0 && value->after_filter);

      backward->views[v] = value->view;
      backward->views[v].data = wanted && value->gradient_place != FL_NO_PLACE
                                    ? execution->gradients + value->gradient_place
                                    : NULL;
    }
  if ((kinds & FL_GRADIENT_FILTERS) != 0)
    result->filters = g_new0 (double, MAX (graph->n_filters, 1));
  if ((kinds & FL_GRADIENT_WEIGHTS) != 0)
    {
      result->weights = g_ptr_array_new_with_free_func (tensor_free);
      g_ptr_array_set_size (result->weights, fl_graph_n_weights (graph));
    }
  for (int i = 0; result->weights != NULL && i < fl_graph_n_operators (graph); i++)
    {
      const FlOperator *op = fl_graph_operator (graph, i);

      for (int j = 0; j < op->n_inputs; j++)
        {
          const FlValue *value = op->inputs[j] < 0 ? NULL : fl_graph_value (graph, op->inputs[j]);

          if (value != NULL && value->weight >= 0 && !is_statistics (op, j)
              && result->weights->pdata[value->weight] == NULL)
            result->weights->pdata[value->weight] = tensor_like (&value->shape);
        }
    }
}

/* The tensor that collects dW of a layer that several operators share. */
static FlTensor *
shared_gradient (Backward *backward, int layer)
{
  const FlGraph *graph = backward->execution->plan->graph;
  const FlTensor *weight = fl_graph_weight (graph, fl_graph_layer (graph, layer)->weight);

  if (backward->shared[layer] == NULL)
    backward->shared[layer] = fl_tensor_new (fl_tensor_rank (weight), fl_tensor_shape (weight));
  return backward->shared[layer];
}

/* Where the gradient of a constant input goes; NULL where it is not wanted. */
static float *
weight_gradient_data (Backward *backward, const FlOperator *op, int input)
{
  const FlValue *value = fl_graph_value (backward->execution->plan->graph, op->inputs[input]);

  if (is_statistics (op, input))
    return NULL;
  if (backward->result->weights != NULL)
    return fl_tensor_data_writable (backward->result->weights->pdata[value->weight]);
  if (input == 1 && op->layer >= 0 && (backward->kinds & FL_GRADIENT_FILTERS) != 0
      && fl_graph_layer (backward->execution->plan->graph, op->layer)->n_operators > 1)
    return fl_tensor_data_writable (shared_gradient (backward, op->layer));
  return NULL;
}

static void
run_backward (Backward *backward, FlRunViews *views, int index)
{
  FlExecution *execution = backward->execution;
  const FlGraph *graph = execution->plan->graph;
  const FlOperator *op = fl_graph_operator (graph, index);
  const FlLayer *layer = op->layer >= 0 ? fl_graph_layer (graph, op->layer) : NULL;
  FlRun run = fl_run_new (execution, views, index);
  gboolean wanted = FALSE;

  g_array_set_size (views->output_gradients, 0);
  g_array_set_size (views->input_gradients, 0);
  for (int i = 0; i < op->n_outputs; i++)
    {
      const FlView *view = &backward->views[op->outputs[i]];

      if (view->data == NULL)
        return;
      if (fl_graph_value (graph, op->outputs[i])->n_consumers == 0
          && op->outputs[i] != graph->output)
        fl_view_clear (view);
      g_array_append_val (views->output_gradients, *view);
    }
  for (int i = 0; i < (int) views->inputs->len; i++)
    {
      FlView view = run.inputs[i];
      int value = i < op->n_inputs ? op->inputs[i] : -1;

      view.data = NULL;
      if (value >= 0 && fl_graph_value (graph, value)->constant != NULL)
        view.data = weight_gradient_data (backward, op, i);
      else if (value >= 0)
        {
          gboolean first = fl_graph_value (graph, value)->last_consumer == index;

          view = backward->views[value];
          for (int j = 0; j < i; j++)
            first = first && op->inputs[j] != value;
          if (view.data != NULL && first)
            fl_view_clear (&view);
        }
      wanted = wanted || view.data != NULL;
      g_array_append_val (views->input_gradients, view);
    }
  run.output_gradients = (const FlView *) views->output_gradients->data;
  run.input_gradients = (const FlView *) views->input_gradients->data;
  if (layer != NULL && layer->n_operators == 1 && backward->result->filters != NULL)
    run.filter_sums = backward->result->filters + layer->first_filter;
  if (!wanted && run.filter_sums == NULL)
    return;
  fl_run_silence (execution->silent[index], &run.output_gradients[0]);
  op->record->backward (&run);
}

/* Turns sums of |dW| into means, and reduces the shared layers. */
static void
finish_filters (Backward *backward)
{
  const FlGraph *graph = backward->execution->plan->graph;
  double *filters = backward->result->filters;

  for (int l = 0; l < fl_graph_n_layers (graph); l++)
    {
      const FlLayer *layer = fl_graph_layer (graph, l);
      const FlTensor *dw = backward->shared[l];

      if (dw == NULL && layer->n_operators > 1 && backward->result->weights != NULL)
        dw = backward->result->weights->pdata[layer->weight];
      for (int f = 0; f < layer->n_filters; f++)
        {
          double *sum = &filters[layer->first_filter + f];

          for (int i = 0; dw != NULL && i < layer->filter_size; i++)
            *sum += fabsf (fl_tensor_data (dw)[(gsize) f * layer->filter_size + i]);
          *sum /= layer->filter_size;
        }
    }
}

static void
finish_input (Backward *backward)
{
  const FlGraph *graph = backward->execution->plan->graph;
  const FlView *view = &backward->views[graph->input];
  int skipped = view->shape.rank == 4 && view->shape.size[0] == 1 ? 1 : 0;

  backward->result->input = fl_tensor_new (view->shape.rank - skipped, view->shape.size + skipped);
  fl_view_read (view, fl_tensor_data_writable (backward->result->input));
}

FlGradients *
fl_execution_backward (FlExecution *execution, const float *logit_gradient, FlGradientKind kinds,
                       GCancellable *cancellable, GError **error)
{
  const FlGraph *graph = execution->plan->graph;
  g_autoptr (FlGradients) result = g_new0 (FlGradients, 1);
  g_auto (Backward) backward = { 0 };
  g_auto (FlRunViews) views = { 0 };

  g_return_val_if_fail (execution->plan->kind == FL_PLAN_KEEP && execution->has_input, NULL);
  fl_run_views_init (&views);
  backward_init (&backward, execution, kinds, result);
  if (backward.views[graph->output].data != NULL)
    fl_view_write (&backward.views[graph->output], logit_gradient);
  for (int i = fl_graph_n_operators (graph) - 1; i >= 0; i--)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return NULL;
      run_backward (&backward, &views, i);
    }
  if ((kinds & FL_GRADIENT_FILTERS) != 0)
    finish_filters (&backward);
  if ((kinds & FL_GRADIENT_INPUT) != 0)
    finish_input (&backward);
  return g_steal_pointer (&result);
}
