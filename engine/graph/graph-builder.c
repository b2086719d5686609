#include "engine/graph/graph-builder.h"

#include <string.h>

#include "engine/core/error.h"
#include "engine/graph/graph-private.h"
#include "engine/graph/operator-convolution.h"

/* Elements of one value: indices into it must fit an int. */
#define MAX_VALUE_SIZE G_MAXINT32

/* Number words would take much memory: 64 GiB of values in all. */
#define MAX_TOTAL_SIZE (G_GINT64_CONSTANT (1) << 34)

/* Far more than any network has; planning takes time in proportion to the square. */
#define MAX_OPERATORS 32768

struct _FlGraphBuilder
{
  FlGraph *graph; /* owned; NULL once finished */
  gint64 total_size;
  GHashTable *layer_names; /* owned, of the names given: how many layers asked for each */
};

FlGraphBuilder *
fl_graph_builder_new (const char *name)
{
  FlGraphBuilder *builder = g_new0 (FlGraphBuilder, 1);
  FlGraph *graph = g_new0 (FlGraph, 1);

  g_atomic_ref_count_init (&graph->references);
  graph->name = g_strdup (name);
  graph->values = g_array_new (FALSE, TRUE, sizeof (FlValue));
  g_array_set_clear_func (graph->values, fl_value_clear);
  graph->operators = g_array_new (FALSE, TRUE, sizeof (FlOperator));
  g_array_set_clear_func (graph->operators, fl_operator_clear);
  graph->layers = g_array_new (FALSE, TRUE, sizeof (FlLayer));
  graph->layer_names = g_ptr_array_new_with_free_func (g_free);
  graph->weights = g_array_new (FALSE, TRUE, sizeof (int));
  graph->input = -1;
  graph->output = -1;
  builder->graph = graph;
  builder->layer_names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return builder;
}

void
fl_graph_builder_free (FlGraphBuilder *builder)
{
  g_clear_pointer (&builder->graph, fl_graph_unref);
  g_hash_table_unref (builder->layer_names);
  g_free (builder);
}

gboolean
fl_graph_builder_supports (const char *type)
{
  return fl_operator_record_find (type) != NULL;
}

static int
add_value (FlGraphBuilder *builder, const char *name, const FlShape *shape, int producer)
{
  FlValue value = {
    .name = g_strdup (name),
    .shape = *shape,
    .weight = -1,
    .producer = producer,
    .last_consumer = -1,
  };

  g_array_append_val (builder->graph->values, value);
  return (int) builder->graph->values->len - 1;
}

int
fl_graph_builder_add_input (FlGraphBuilder *builder, const char *name, int rank,
                            const gint64 *shape)
{
  FlShape input = { .rank = rank };
  gsize size = 0;

  g_return_val_if_fail (builder->graph != NULL && builder->graph->input < 0, -1);
  g_return_val_if_fail (rank >= 0 && rank <= FL_TENSOR_MAX_RANK, -1);
  for (int i = 0; i < rank; i++)
    {
      g_return_val_if_fail (shape[i] > 0, -1);
      input.size[i] = shape[i];
    }
  /* One that is too large is found out by the first operator, which can say so. */
  if (!fl_shape_size (rank, shape, &size) || size > MAX_VALUE_SIZE)
    builder->total_size = MAX_TOTAL_SIZE + 1;
  else
    builder->total_size += (gint64) size;
  builder->graph->input = add_value (builder, name, &input, -1);
  return builder->graph->input;
}

int
fl_graph_builder_add_constant (FlGraphBuilder *builder, const char *name, FlTensor *tensor)
{
  FlShape shape = { .rank = fl_tensor_rank (tensor) };
  int index = 0;

  g_return_val_if_fail (builder->graph != NULL, -1);
  for (int i = 0; i < shape.rank; i++)
    shape.size[i] = fl_tensor_shape (tensor)[i];
  index = add_value (builder, name, &shape, -1);
  fl_graph_value (builder->graph, index)->constant = fl_tensor_ref (tensor);
  return index;
}

const gint64 *
fl_graph_builder_shape (FlGraphBuilder *builder, int value, int *rank)
{
  g_return_val_if_fail (value >= 0 && value < (int) builder->graph->values->len, NULL);
  *rank = fl_graph_value (builder->graph, value)->shape.rank;
  return fl_graph_value (builder->graph, value)->shape.size;
}

FlTensor *
fl_graph_builder_constant (FlGraphBuilder *builder, int value)
{
  g_return_val_if_fail (value >= 0 && value < (int) builder->graph->values->len, NULL);
  return fl_graph_value (builder->graph, value)->constant;
}

/* Fills the request's inputs; an operator that reads only constants has no place in a graph. */
static gboolean
gather_inputs (FlGraphBuilder *builder, FlOperatorRequest *request, const FlOperatorRecord *record,
               const int *inputs, FlShape *shapes, FlTensor **constants, GError **error)
{
  int n_values = (int) builder->graph->values->len;
  int n_slots = fl_operator_n_slots (record, request->n_inputs);
  gboolean computed = FALSE;

  for (int i = 0; i < n_slots; i++)
    {
      shapes[i].rank = -1;
      if (i >= request->n_inputs || inputs[i] < 0)
        {
          if (i < record->min_inputs)
            return fl_operator_error (request, error, FL_ERROR_MALFORMED, "input %d is missing", i);
          continue;
        }
      g_return_val_if_fail (inputs[i] < n_values, FALSE);
      shapes[i] = fl_graph_value (builder->graph, inputs[i])->shape;
      constants[i] = fl_graph_value (builder->graph, inputs[i])->constant;
      computed = computed || constants[i] == NULL;
    }
  if (!computed)
    return fl_operator_error (request, error, FL_ERROR_UNSUPPORTED, "all its inputs are constants");
  return TRUE;
}

static gboolean
size_error (const FlOperatorRequest *request, GError **error)
{
  return fl_operator_error (request, error, FL_ERROR_LIMIT,
                            "the values of the network up to here take more than 64 GiB");
}

static gboolean
check_outputs (FlGraphBuilder *builder, const FlOperatorRequest *request, const FlShape *outputs,
               GError **error)
{
  gint64 total = builder->total_size;

  for (int i = 0; i < request->n_outputs; i++)
    {
      gsize size = 0;

      if (!fl_shape_size (outputs[i].rank, outputs[i].size, &size) || size > MAX_VALUE_SIZE)
        return fl_operator_error (request, error, FL_ERROR_LIMIT,
                                  "output %d has more than %d elements", i, MAX_VALUE_SIZE);
      if (size == 0)
        return fl_operator_error (request, error, FL_ERROR_SHAPE, "output %d has no elements", i);
      total += (gint64) size;
    }
  if (total > MAX_TOTAL_SIZE)
    return size_error (request, error);
  builder->total_size = total;
  return TRUE;
}

static void
append_operator (FlGraphBuilder *builder, const FlOperatorRequest *request,
                 const FlOperatorRecord *record, const int *inputs, const FlShape *shapes,
                 const char *const *output_names, int *outputs, gpointer parameters)
{
  FlOperator op = { .record = record, .layer = -1 };

  op.name = g_strdup (request->name);
  op.n_inputs = request->n_inputs;
  op.inputs = g_memdup2 (inputs, sizeof (int) * (gsize) request->n_inputs);
  op.n_outputs = request->n_outputs;
  op.outputs = g_new (int, request->n_outputs);
  op.parameters = parameters;
  for (int i = 0; i < request->n_outputs; i++)
    {
      op.outputs[i]
          = add_value (builder, output_names[i], &shapes[i], (int) builder->graph->operators->len);
      outputs[i] = op.outputs[i];
    }
  g_array_append_val (builder->graph->operators, op);
}

gboolean
fl_graph_builder_add_operator (FlGraphBuilder *builder, const char *type, const char *name,
                               int n_inputs, const int *inputs, int n_outputs,
                               const char *const *output_names, int *outputs,
                               GVariantDict *attributes, GError **error)
{
  const FlOperatorRecord *record = fl_operator_record_find (type);
  g_autoptr (GVariantDict) own
      = attributes != NULL ? g_variant_dict_ref (attributes) : g_variant_dict_new (NULL);
  FlOperatorRequest request = {
    .type = type,
    .name = name != NULL && name[0] != '\0' ? name : output_names[0],
    .n_inputs = n_inputs,
    .attributes = own,
    .n_outputs = n_outputs,
  };
  g_autofree FlShape *shapes = NULL;
  g_autofree FlTensor **constants = NULL;
  g_autofree FlShape *results = NULL;
  gpointer parameters = NULL;
  int n_slots = 0;

  g_return_val_if_fail (builder->graph != NULL && n_outputs > 0, FALSE);
  if (record == NULL)
    return fl_operator_error (&request, error, FL_ERROR_UNSUPPORTED, "unsupported operator");
  if (n_inputs < record->min_inputs || n_inputs > MIN (record->max_inputs, FL_OPERATOR_MAX_INPUTS)
      || n_outputs > FL_OPERATOR_MAX_OUTPUTS)
    return fl_operator_error (
        &request, error, FL_ERROR_MALFORMED, "%d inputs and %d outputs, expected %d to %d inputs",
        n_inputs, n_outputs, record->min_inputs, MIN (record->max_inputs, FL_OPERATOR_MAX_INPUTS));
  if (builder->graph->operators->len >= MAX_OPERATORS)
    return fl_operator_error (&request, error, FL_ERROR_LIMIT,
                              "the network has more than %d operators", MAX_OPERATORS);
  if (builder->total_size > MAX_TOTAL_SIZE)
    return size_error (&request, error);
  n_slots = fl_operator_n_slots (record, n_inputs);
  shapes = g_new0 (FlShape, n_slots);
  constants = g_new0 (FlTensor *, n_slots);
  results = g_new0 (FlShape, n_outputs);
  request.inputs = shapes;
  request.constants = constants;
  if (!gather_inputs (builder, &request, record, inputs, shapes, constants, error)
      || !record->prepare (&request, results, &parameters, error))
    return FALSE;
  if (!check_outputs (builder, &request, results, error))
    {
      g_free (parameters);
      return FALSE;
    }
  append_operator (builder, &request, record, inputs, results, output_names, outputs, parameters);
  return TRUE;
}

/* ---- finishing ---- */

/* Marks what leads to the output. Operators stand in topological order, so one sweep suffices. */
static gboolean *
find_needed_operators (const FlGraph *graph)
{
  gboolean *needed = g_new0 (gboolean, MAX (graph->operators->len, 1));
  int producer = fl_graph_value (graph, graph->output)->producer;

  if (producer >= 0)
    needed[producer] = TRUE;
  for (int i = (int) graph->operators->len - 1; i >= 0; i--)
    {
      const FlOperator *op = fl_graph_operator (graph, i);

      for (int j = 0; needed[i] && j < op->n_inputs; j++)
        if (op->inputs[j] >= 0)
          {
            producer = fl_graph_value (graph, op->inputs[j])->producer;
            if (producer >= 0)
              needed[producer] = TRUE;
          }
    }
  return needed;
}

/* Drops operators that are not needed, then values that nothing refers to. */
static void
drop_unneeded (FlGraphBuilder *builder)
{
  FlGraph *graph = builder->graph;
  g_autofree gboolean *needed = find_needed_operators (graph);
  g_autofree int *places = g_new (int, graph->values->len);
  GArray *values = g_array_new (FALSE, TRUE, sizeof (FlValue));

  for (int i = (int) graph->operators->len - 1; i >= 0; i--)
    if (!needed[i])
      g_array_remove_index (graph->operators, (guint) i);
  for (guint i = 0; i < graph->values->len; i++)
    places[i] = -1;
  places[graph->input] = 0;
  for (guint i = 0; i < graph->operators->len; i++)
    {
      const FlOperator *op = fl_graph_operator (graph, (int) i);

      for (int j = 0; j < op->n_inputs; j++)
        if (op->inputs[j] >= 0)
          places[op->inputs[j]] = 0;
      for (int j = 0; j < op->n_outputs; j++)
        places[op->outputs[j]] = 0;
    }
  for (guint i = 0; i < graph->values->len; i++)
    if (places[i] < 0)
      fl_value_clear (fl_graph_value (graph, (int) i));
    else
      {
        places[i] = (int) values->len;
        g_array_append_val (values, *fl_graph_value (graph, (int) i));
      }
  g_array_set_clear_func (values, fl_value_clear);
  g_array_set_clear_func (graph->values, NULL);
  g_array_unref (graph->values);
  graph->values = values;
  graph->input = places[graph->input];
  graph->output = places[graph->output];
  for (guint i = 0; i < graph->operators->len; i++)
    {
      FlOperator *op = fl_graph_operator (graph, (int) i);

      for (int j = 0; j < op->n_inputs; j++)
        if (op->inputs[j] >= 0)
          op->inputs[j] = places[op->inputs[j]];
      for (int j = 0; j < op->n_outputs; j++)
        {
          op->outputs[j] = places[op->outputs[j]];
          fl_graph_value (graph, op->outputs[j])->producer = (int) i;
        }
    }
}

/* Weight's name without ".weight", else the node's name, else its output's; made unique. */
static char *
layer_name (FlGraphBuilder *builder, int index)
{
  const FlOperator *op = fl_graph_operator (builder->graph, index);
  const char *weight = fl_graph_value (builder->graph, op->inputs[1])->name;
  g_autofree char *wanted = NULL;
  g_autofree char *name = NULL;
  int copies = 0;

  if (g_str_has_suffix (weight, ".weight") && strlen (weight) > strlen (".weight"))
    wanted = g_strndup (weight, strlen (weight) - strlen (".weight"));
  else
    wanted = g_strdup (op->name);
  name = g_strdup (wanted);
  copies = GPOINTER_TO_INT (g_hash_table_lookup (builder->layer_names, wanted));
  while (g_hash_table_contains (builder->layer_names, name))
    {
      g_free (name);
      name = g_strdup_printf ("%s#%d", wanted, ++copies);
    }
  /* The next layer of this name goes on counting here. */
  if (copies > 0)
    g_hash_table_replace (builder->layer_names, g_strdup (wanted), GINT_TO_POINTER (copies));
  g_hash_table_insert (builder->layer_names, g_strdup (name), GINT_TO_POINTER (1));
  return g_steal_pointer (&name);
}

static void
add_layer (FlGraphBuilder *builder, int index)
{
  FlGraph *graph = builder->graph;
  FlOperator *op = fl_graph_operator (graph, index);
  const FlValue *weight = fl_graph_value (graph, op->inputs[1]);
  const FlValue *input = fl_graph_value (graph, op->inputs[0]);
  const FlValue *output = fl_graph_value (graph, op->outputs[0]);
  FlLayer layer = { .weight = weight->weight, .first_operator = index };
  char *name = layer_name (builder, index);

  g_ptr_array_add (graph->layer_names, name);
  layer.name = name;
  layer.n_filters = (int) weight->shape.size[0];
  layer.first_filter = graph->n_filters;
  layer.group_channels = (int) weight->shape.size[1];
  layer.n_groups = (int) (input->shape.size[1] / weight->shape.size[1]);
  layer.kernel_height = (int) weight->shape.size[2];
  layer.kernel_width = (int) weight->shape.size[3];
  layer.filter_size = layer.group_channels * layer.kernel_height * layer.kernel_width;
  layer.output_height = (int) output->shape.size[2];
  layer.output_width = (int) output->shape.size[3];
  layer.n_parameters = fl_shape_count (&weight->shape);
  fl_convolution_stride (op->parameters, &layer.stride_height, &layer.stride_width);
  graph->n_filters += layer.n_filters;
  g_array_append_val (graph->layers, layer);
}

/* Counts readers, numbers the weights and makes the layers. */
static void
index_graph (FlGraphBuilder *builder)
{
  FlGraph *graph = builder->graph;
  g_autoptr (GHashTable) layer_of_weight = g_hash_table_new (NULL, NULL);

  for (int i = 0; i < (int) graph->operators->len; i++)
    {
      FlOperator *op = fl_graph_operator (graph, i);

      for (int j = 0; j < op->n_inputs; j++)
        {
          FlValue *value = op->inputs[j] < 0 ? NULL : fl_graph_value (graph, op->inputs[j]);

          if (value == NULL)
            continue;
          value->last_consumer = i;
          value->n_consumers++;
          if (value->constant != NULL && value->weight < 0)
            {
              value->weight = (int) graph->weights->len;
              g_array_append_val (graph->weights, op->inputs[j]);
            }
        }
      if (strcmp (op->record->type, "Conv") == 0)
        {
          gpointer key = GINT_TO_POINTER (op->inputs[1] + 1);
          FlLayer *layer = NULL;

          if (!g_hash_table_contains (layer_of_weight, key))
            {
              add_layer (builder, i);
              g_hash_table_insert (layer_of_weight, key, GINT_TO_POINTER (graph->layers->len - 1));
            }
          op->layer = GPOINTER_TO_INT (g_hash_table_lookup (layer_of_weight, key));
          layer = &g_array_index (graph->layers, FlLayer, op->layer);
          layer->n_operators++;
          layer->n_multiply_adds += op->record->multiply_adds (op->parameters);
          if (op->n_inputs > 2 && op->inputs[2] >= 0)
            layer->n_parameters += layer->n_filters;
        }
    }
}

FlGraph *
fl_graph_builder_finish (FlGraphBuilder *builder, int output, GError **error)
{
  FlGraph *graph = builder->graph;

  g_return_val_if_fail (graph != NULL, NULL);
  g_return_val_if_fail (output >= 0 && output < (int) graph->values->len, NULL);
  graph->output = output;
  if (graph->input < 0 || fl_graph_value (graph, output)->producer < 0)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_UNSUPPORTED,
                   "output '%s' is not computed from an input",
                   fl_graph_value (graph, output)->name);
      return NULL;
    }
  drop_unneeded (builder);
  index_graph (builder);
  return g_steal_pointer (&builder->graph);
}
