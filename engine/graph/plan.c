#include "engine/graph/plan-private.h"

#include <string.h>

#include "engine/graph/view.h"

/* ---- layout ---- */

/* An operator's way of laying out a value, before its consumers are asked. */
static void
propose_order (const FlGraph *graph, const int (*orders)[FL_TENSOR_MAX_RANK], const FlOperator *op,
               int rank, int *order)
{
  static const int channels_last[] = { 0, 2, 3, 1 };
  const int *follow = NULL;

  for (int i = 0; i < rank; i++)
    order[i] = rank == 4 ? channels_last[i] : i;
  if (op->record->layout == FL_LAYOUT_ROW_MAJOR)
    for (int i = 0; i < rank; i++)
      order[i] = i;
  if (op->record->layout == FL_LAYOUT_PERMUTED)
    {
      const int *permutation = op->parameters;
      const int *input = orders[op->inputs[0]];

      /* Axis j of the output is axis permutation[j] of the input. */
      for (int i = 0; i < rank; i++)
        for (int j = 0; j < rank; j++)
          if (permutation[j] == input[i])
            order[i] = j;
    }
  for (int i = 0; op->record->layout == FL_LAYOUT_FOLLOW && follow == NULL && i < op->n_inputs; i++)
    if (op->inputs[i] >= 0 && fl_graph_value (graph, op->inputs[i])->constant == NULL
        && fl_graph_value (graph, op->inputs[i])->shape.rank == rank)
      follow = orders[op->inputs[i]];
  if (follow != NULL)
    memcpy (order, follow, sizeof (int) * (gsize) rank);
}

static void
lay_out (FlPlan *plan)
{
  const FlGraph *graph = plan->graph;
  int n_values = (int) graph->values->len;
  g_autofree int (*orders)[FL_TENSOR_MAX_RANK] = g_malloc0_n ((gsize) n_values, sizeof *orders);
  g_autofree gboolean *must = g_new0 (gboolean, n_values);
  static const int channels_last[] = { 0, 2, 3, 1 };

  for (int i = 0; i < (int) graph->operators->len; i++)
    if (fl_graph_operator (graph, i)->record->layout == FL_LAYOUT_CHANNELS_LAST)
      must[fl_graph_operator (graph, i)->inputs[0]] = TRUE;
  for (int v = 0; v < n_values; v++)
    {
      const FlValue *value = fl_graph_value (graph, v);
      int *order = orders[v];

      for (int i = 0; i < value->shape.rank; i++)
        order[i] = i;
      if (value->constant != NULL)
        continue;
      if (value->producer >= 0)
        propose_order (graph, orders, fl_graph_operator (graph, value->producer), value->shape.rank,
                       order);
      if (value->shape.rank == 4 && (must[v] || value->producer < 0))
        memcpy (order, channels_last, sizeof channels_last);
    }
  for (int v = 0; v < n_values; v++)
    {
      plan->values[v].view.shape = fl_graph_value (graph, v)->shape;
      fl_view_set_order (&plan->values[v].view, orders[v]);
    }
}

/* ---- memory ---- */

/* A value that is alive in steps first .. last. */
typedef struct
{
  gsize size;
  int first;
  int last;
  gsize *place; /* borrowed: where the result goes */
} Lifetime;

static int
compare_sizes (gconstpointer a, gconstpointer b)
{
  const Lifetime *first = a;
  const Lifetime *second = b;

  if (first->size != second->size)
    return first->size > second->size ? -1 : 1;
  return first->first < second->first ? -1 : first->first > second->first;
}

/*
 * Gives every value a place, largest first, each in the lowest gap that is free for its lifetime.
 *
 * Returns: the size of the block
 */
static gsize
place_lifetimes (GArray *lifetimes)
{
  g_autofree const Lifetime **placed = g_new (const Lifetime *, MAX (lifetimes->len, 1));
  gsize end = 0;

  g_array_sort (lifetimes, compare_sizes);
  /* What has a place stands in the order of places, so that gaps show in one sweep. */
  for (guint n = 0; n < lifetimes->len; n++)
    {
      Lifetime *item = &g_array_index (lifetimes, Lifetime, n);
      gsize place = 0;
      guint at = 0;

      for (guint j = 0; j < n && *placed[j]->place < place + item->size; j++)
        if (placed[j]->first <= item->last && item->first <= placed[j]->last)
          place = MAX (place, *placed[j]->place + placed[j]->size);
      *item->place = place;
      end = MAX (end, place + item->size);
      for (at = n; at > 0 && *placed[at - 1]->place > place; at--)
        placed[at] = placed[at - 1];
      placed[at] = item;
    }
  return end;
}

/* Blocks start at multiples of 64 bytes. */
static gsize
block_floats (const FlShape *shape)
{
  return ((gsize) fl_shape_count (shape) + 15) / 16 * 16;
}

static void
place_values (FlPlan *plan)
{
  const FlGraph *graph = plan->graph;
  int n_operators = (int) graph->operators->len;
  g_autoptr (GArray) lifetimes = g_array_new (FALSE, FALSE, sizeof (Lifetime));

  for (int v = 0; v < (int) graph->values->len; v++)
    {
      const FlValue *value = fl_graph_value (graph, v);
      Lifetime lifetime = { .size = block_floats (&value->shape), .place = &plan->values[v].place };

      plan->values[v].place = FL_NO_PLACE;
      plan->values[v].gradient_place = FL_NO_PLACE;
      if (value->constant != NULL)
        {
          /* Views of constants are only read. */
          plan->values[v].view.data = (float *) fl_tensor_data (value->constant);
          continue;
        }
      lifetime.first = value->producer;
      lifetime.last = MAX (value->last_consumer, value->producer);
      if (v == graph->output || plan->kind == FL_PLAN_KEEP)
        lifetime.last = n_operators;
      if (plan->kind == FL_PLAN_KEEP)
        lifetime.first = -1;
      g_array_append_val (lifetimes, lifetime);
    }
  plan->block_size = place_lifetimes (lifetimes);
}

/*
 * Places of gradients. In a backward pass a value's gradient lives from its last consumer (or its
 * producer, where it has none) down to its producer.
 */
static void
place_gradients (FlPlan *plan)
{
  const FlGraph *graph = plan->graph;
  int n_operators = (int) graph->operators->len;
  g_autoptr (GArray) lifetimes = g_array_new (FALSE, FALSE, sizeof (Lifetime));

  for (int v = 0; v < (int) graph->values->len; v++)
    {
      const FlValue *value = fl_graph_value (graph, v);
      Lifetime lifetime = {
        .size = block_floats (&value->shape),
        .first = n_operators - MAX (value->last_consumer, value->producer),
        .last = n_operators - value->producer,
        .place = &plan->values[v].gradient_place,
      };

      if (v == graph->output)
        lifetime.first = 0;
      if (value->constant == NULL)
        g_array_append_val (lifetimes, lifetime);
    }
  plan->gradient_size = place_lifetimes (lifetimes);
}

/* ---- dependence and packing ---- */

static void
mark_dependence (FlPlan *plan)
{
  const FlGraph *graph = plan->graph;

  for (int i = 0; i < (int) graph->operators->len; i++)
    {
      const FlOperator *op = fl_graph_operator (graph, i);
      gboolean after_weight = FALSE;
      gboolean after_filter = op->layer >= 0;

      for (int j = 0; j < op->n_inputs; j++)
        if (op->inputs[j] >= 0)
          {
            after_weight = after_weight || plan->values[op->inputs[j]].after_weight
                           || fl_graph_value (graph, op->inputs[j])->constant != NULL;
            after_filter = after_filter || plan->values[op->inputs[j]].after_filter;
          }
      for (int j = 0; j < op->n_outputs; j++)
        {
          plan->values[op->outputs[j]].after_weight = after_weight;
          plan->values[op->outputs[j]].after_filter = after_filter;
        }
    }
}

static void
pack_weights (FlPlan *plan)
{
  const FlGraph *graph = plan->graph;

  for (int i = 0; i < (int) graph->operators->len; i++)
    {
      const FlOperator *op = fl_graph_operator (graph, i);
      const FlTensor *weight = NULL;

      if (op->record->packed_size == NULL)
        continue;
      weight = fl_graph_value (graph, op->inputs[1])->constant;
      plan->packed_size[i] = op->record->packed_size (op->parameters);
      plan->packed[i] = g_new (float, plan->packed_size[i]);
      op->record->pack (op->parameters, fl_tensor_data (weight), plan->packed[i]);
    }
}

static void
find_followers (FlPlan *plan)
{
  const FlGraph *graph = plan->graph;

  for (int i = 0; i < (int) graph->operators->len; i++)
    {
      const FlOperator *op = fl_graph_operator (graph, i);
      const FlValue *output = fl_graph_value (graph, op->outputs[0]);

      plan->silent_follower[i] = -1;
      if (op->layer >= 0 && output->n_consumers == 1 && op->outputs[0] != graph->output
          && strcmp (fl_graph_operator_type (graph, output->last_consumer), "BatchNormalization")
                 == 0)
        plan->silent_follower[i] = output->last_consumer;
    }
}

FlPlan *
fl_plan_new (FlGraph *graph, FlPlanKind kind)
{
  FlPlan *plan = g_new0 (FlPlan, 1);

  g_atomic_ref_count_init (&plan->references);
  plan->graph = fl_graph_ref (graph);
  plan->kind = kind;
  plan->values = g_new0 (FlValuePlan, graph->values->len);
  plan->packed = g_new0 (float *, graph->operators->len);
  plan->packed_size = g_new0 (gsize, graph->operators->len);
  plan->silent_follower = g_new0 (int, graph->operators->len);
  lay_out (plan);
  place_values (plan);
  if (kind == FL_PLAN_KEEP)
    place_gradients (plan);
  mark_dependence (plan);
  pack_weights (plan);
  find_followers (plan);
  return plan;
}

FlPlan *
fl_plan_ref (FlPlan *plan)
{
  g_atomic_ref_count_inc (&plan->references);
  return plan;
}

void
fl_plan_unref (FlPlan *plan)
{
  if (!g_atomic_ref_count_dec (&plan->references))
    return;
  for (guint i = 0; i < plan->graph->operators->len; i++)
    g_free (plan->packed[i]);
  g_free (plan->packed);
  g_free (plan->packed_size);
  g_free (plan->silent_follower);
  g_free (plan->values);
  fl_graph_unref (plan->graph);
  g_free (plan);
}

FlGraph *
fl_plan_graph (const FlPlan *plan)
{
  return plan->graph;
}

FlPlanKind
fl_plan_kind (const FlPlan *plan)
{
  return plan->kind;
}
