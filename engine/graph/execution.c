#include "engine/graph/execution.h"

#include <stdlib.h>

#include "engine/core/error.h"
#include "engine/graph/execution-private.h"
#include "engine/graph/view.h"

float *
fl_block_new (gsize floats)
{
  float *block = aligned_alloc (64, MAX (floats, 16) * sizeof (float));

  if (block == NULL)
    g_error ("out of memory: %" G_GSIZE_FORMAT " bytes for the values of a network",
             floats * sizeof (float));
  return block;
}

FlExecution *
fl_execution_new (FlPlan *plan, FlPool *pool)
{
  FlExecution *execution = g_new0 (FlExecution, 1);
  int n_values = (int) plan->graph->values->len;
  int n_operators = (int) plan->graph->operators->len;

  execution->plan = fl_plan_ref (plan);
  execution->pool = pool;
  execution->scratch = fl_scratch_new ();
  execution->block = fl_block_new (plan->block_size);
  execution->views = g_new (FlView, n_values);
  execution->packed = g_new0 (float *, n_operators);
  execution->silent = g_new0 (GArray *, n_operators);
  execution->stale = g_new0 (gboolean, n_operators);
  execution->logits = g_new0 (float, fl_graph_n_classes (plan->graph));
  for (int v = 0; v < n_values; v++)
    {
      execution->views[v] = plan->values[v].view;
      if (plan->values[v].place != FL_NO_PLACE)
        execution->views[v].data = execution->block + plan->values[v].place;
    }
  return execution;
}

void
fl_execution_free (FlExecution *execution)
{
  for (int i = 0; i < fl_graph_n_operators (execution->plan->graph); i++)
    {
      g_free (execution->packed[i]);
      g_clear_pointer (&execution->silent[i], g_array_unref);
    }
  g_free (execution->packed);
  g_free (execution->silent);
  g_free (execution->stale);
  g_free (execution->logits);
  g_free (execution->views);
  free (execution->block);
  free (execution->gradients);
  fl_scratch_free (execution->scratch);
  g_clear_pointer (&execution->edits, fl_edit_list_unref);
  fl_plan_unref (execution->plan);
  g_free (execution);
}

FlGraph *
fl_execution_graph (const FlExecution *execution)
{
  return execution->plan->graph;
}

FlEditList *
fl_execution_edits (const FlExecution *execution)
{
  return execution->edits;
}

const float *
fl_execution_logits (const FlExecution *execution)
{
  return execution->logits;
}

/* ---- edits ---- */

static const FlEdit *
edit_at (const FlEditList *list, int index)
{
  return list != NULL && index < fl_edit_list_length (list) ? fl_edit_list_get (list, index) : NULL;
}

static gboolean
edits_differ (const FlEdit *a, const FlEdit *b)
{
  if (a == NULL || b == NULL)
    return a != b;
  return a->kind != b->kind || a->weights != b->weights;
}

/* Brings one filter of an operator's packed weights from its old edit to its new one. */
static void
repack_filter (FlExecution *execution, int index, int channel, const FlEdit *new_edit)
{
  const FlPlan *plan = execution->plan;
  const FlOperator *op = fl_graph_operator (plan->graph, index);
  const FlLayer *layer = fl_graph_layer (plan->graph, op->layer);
  const FlTensor *weight = fl_graph_weight (plan->graph, layer->weight);
  const float *filter = fl_tensor_data (weight) + (gsize) channel * layer->filter_size;

  if (new_edit != NULL && new_edit->kind == FL_EDIT_WEIGHTS)
    filter = new_edit->weights != NULL ? fl_tensor_data (new_edit->weights) : NULL;
  if (execution->packed[index] == NULL)
    execution->packed[index]
        = g_memdup2 (plan->packed[index], plan->packed_size[index] * sizeof (float));
  op->record->pack_filter (op->parameters, channel, filter, execution->packed[index]);
}

/* Applies the change of one filter to the operators that read its layer; returns the first of them.
 */
static int
change_filter (FlExecution *execution, int filter, const FlEdit *old_edit, const FlEdit *new_edit)
{
  const FlGraph *graph = execution->plan->graph;
  int index = fl_graph_layer_of_filter (graph, filter);
  const FlLayer *layer = fl_graph_layer (graph, index);
  gboolean repack = (old_edit != NULL && old_edit->kind == FL_EDIT_WEIGHTS)
                    || (new_edit != NULL && new_edit->kind == FL_EDIT_WEIGHTS);

  for (int i = layer->first_operator; i < fl_graph_n_operators (graph); i++)
    if (fl_graph_operator (graph, i)->layer == index)
      {
        if (repack)
          repack_filter (execution, i, filter - layer->first_filter, new_edit);
        execution->stale[i] = TRUE;
      }
  return layer->first_operator;
}

static void
add_silent_channel (FlExecution *execution, int index, int channel)
{
  if (execution->silent[index] == NULL)
    execution->silent[index] = g_array_new (FALSE, FALSE, sizeof (int));
  g_array_append_val (execution->silent[index], channel);
}

/* Lists the silent channels anew, and drops packed weights that no edit needs any more. */
static void
list_edited (FlExecution *execution)
{
  const FlGraph *graph = execution->plan->graph;
  int n_operators = fl_graph_n_operators (graph);
  int n_edits = execution->edits != NULL ? fl_edit_list_length (execution->edits) : 0;
  g_autofree gboolean *packed = g_new0 (gboolean, MAX (fl_graph_n_layers (graph), 1));

  for (int i = 0; i < n_operators; i++)
    g_clear_pointer (&execution->silent[i], g_array_unref);
  for (int e = 0; e < n_edits; e++)
    {
      const FlEdit *edit = fl_edit_list_get (execution->edits, e);
      int index = fl_graph_layer_of_filter (graph, edit->filter);
      const FlLayer *layer = fl_graph_layer (graph, index);

      packed[index] = packed[index] || edit->kind == FL_EDIT_WEIGHTS;
      for (int i = layer->first_operator; edit->kind == FL_EDIT_SILENT && i < n_operators; i++)
        if (fl_graph_operator (graph, i)->layer == index)
          {
            int follower = execution->plan->silent_follower[i];

            add_silent_channel (execution, i, edit->filter - layer->first_filter);
            if (follower >= 0)
              add_silent_channel (execution, follower, edit->filter - layer->first_filter);
          }
    }
  for (int i = 0; i < n_operators; i++)
    if (fl_graph_operator (graph, i)->layer < 0 || !packed[fl_graph_operator (graph, i)->layer])
      g_clear_pointer (&execution->packed[i], g_free);
}

int
fl_execution_set_edits (FlExecution *execution, FlEditList *edits)
{
  g_autoptr (FlEditList) old = g_steal_pointer (&execution->edits);
  int first = fl_graph_n_operators (execution->plan->graph);
  int i = 0;
  int j = 0;

  execution->edits = edits != NULL ? fl_edit_list_ref (edits) : NULL;
  for (;;)
    {
      const FlEdit *a = edit_at (old, i);
      const FlEdit *b = edit_at (edits, j);
      int filter = 0;

      if (a == NULL && b == NULL)
        break;
      filter = MIN (a != NULL ? a->filter : G_MAXINT, b != NULL ? b->filter : G_MAXINT);
      if (a != NULL && a->filter != filter)
        a = NULL;
      if (b != NULL && b->filter != filter)
        b = NULL;
      if (edits_differ (a, b))
        first = MIN (first, change_filter (execution, filter, a, b));
      i += a != NULL;
      j += b != NULL;
    }
  list_edited (execution);
  return first;
}

/* ---- passes ---- */

void
fl_run_views_init (FlRunViews *views)
{
  views->inputs = g_array_new (FALSE, TRUE, sizeof (FlView));
  views->outputs = g_array_new (FALSE, TRUE, sizeof (FlView));
  views->output_gradients = g_array_new (FALSE, TRUE, sizeof (FlView));
  views->input_gradients = g_array_new (FALSE, TRUE, sizeof (FlView));
}

void
fl_run_views_clear (FlRunViews *views)
{
  g_array_unref (views->inputs);
  g_array_unref (views->outputs);
  g_array_unref (views->output_gradients);
  g_array_unref (views->input_gradients);
}

FlRun
fl_run_new (FlExecution *execution, FlRunViews *views, int index)
{
  static const FlView absent = { .shape = { .rank = -1 } };
  const FlOperator *op = fl_graph_operator (execution->plan->graph, index);
  int n_slots = fl_operator_n_slots (op->record, op->n_inputs);

  g_array_set_size (views->inputs, 0);
  g_array_set_size (views->outputs, 0);
  for (int i = 0; i < n_slots; i++)
    {
      int value = i < op->n_inputs ? op->inputs[i] : -1;

      g_array_append_val (views->inputs, *(value >= 0 ? &execution->views[value] : &absent));
    }
  for (int i = 0; i < op->n_outputs; i++)
    g_array_append_val (views->outputs, execution->views[op->outputs[i]]);
  fl_scratch_reset (execution->scratch);
  return (FlRun){
    .type = op->record->type,
    .parameters = op->parameters,
    .n_inputs = op->n_inputs,
    .n_outputs = op->n_outputs,
    .inputs = (const FlView *) views->inputs->data,
    .outputs = (const FlView *) views->outputs->data,
    .packed_weight
    = execution->packed[index] != NULL ? execution->packed[index] : execution->plan->packed[index],
    .pool = execution->pool,
    .scratch = execution->scratch,
  };
}

void
fl_run_silence (const GArray *channels, const FlView *view)
{
  for (guint i = 0; channels != NULL && i < channels->len; i++)
    fl_view_clear_channel (view, g_array_index (channels, int, i));
}

/* Whatever reads the output of a stale operator is stale. */
static void
spread_staleness (FlExecution *execution)
{
  const FlGraph *graph = execution->plan->graph;

  for (int i = 0; i < fl_graph_n_operators (graph); i++)
    {
      const FlOperator *op = fl_graph_operator (graph, i);

      for (int j = 0; j < op->n_inputs && !execution->stale[i]; j++)
        if (op->inputs[j] >= 0)
          {
            int producer = fl_graph_value (graph, op->inputs[j])->producer;

            execution->stale[i] = producer >= 0 && execution->stale[producer];
          }
    }
}

static gboolean
compute_stale (FlExecution *execution, GCancellable *cancellable, GError **error)
{
  const FlGraph *graph = execution->plan->graph;
  g_auto (FlRunViews) views = { 0 };

  fl_run_views_init (&views);
  spread_staleness (execution);
  for (int i = 0; i < fl_graph_n_operators (graph); i++)
    {
      const FlOperator *op = fl_graph_operator (graph, i);
      FlRun run = { 0 };

      if (!execution->stale[i])
        continue;
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      run = fl_run_new (execution, &views, i);
      op->record->forward (&run);
      fl_run_silence (execution->silent[i], &run.outputs[0]);
      execution->stale[i] = FALSE;
    }
  fl_view_read (&execution->views[graph->output], execution->logits);
  return TRUE;
}

gboolean
fl_execution_forward (FlExecution *execution, FlTensor *input, GCancellable *cancellable,
                      GError **error)
{
  const FlGraph *graph = execution->plan->graph;
  const FlView *view = &execution->views[graph->input];
  int rank = fl_tensor_rank (input);
  int skipped = view->shape.rank - rank;
  gboolean fits = rank == view->shape.rank || (skipped == 1 && view->shape.size[0] == 1);

  for (int i = 0; fits && i < rank; i++)
    fits = fl_tensor_shape (input)[i] == view->shape.size[i + skipped];
  if (!fits)
    {
      g_autofree char *met = fl_shape_to_string (rank, fl_tensor_shape (input));
      g_autofree char *expected = fl_shape_to_string (view->shape.rank, view->shape.size);

      g_set_error (error, FL_ERROR, FL_ERROR_SHAPE, "input is %s, the network '%s' expects %s", met,
                   graph->name, expected);
      return FALSE;
    }
  fl_view_write (view, fl_tensor_data (input));
  execution->has_input = TRUE;
  for (int i = 0; i < fl_graph_n_operators (graph); i++)
    execution->stale[i] = TRUE;
  return compute_stale (execution, cancellable, error);
}

gboolean
fl_execution_forward_from (FlExecution *execution, int first, GCancellable *cancellable,
                           GError **error)
{
  g_return_val_if_fail (execution->plan->kind == FL_PLAN_KEEP, FALSE);
  g_return_val_if_fail (execution->has_input && first >= 0, FALSE);
  if (first < fl_graph_n_operators (execution->plan->graph))
    execution->stale[first] = TRUE;
  return compute_stale (execution, cancellable, error);
}
