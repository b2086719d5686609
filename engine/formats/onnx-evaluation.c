#include "engine/formats/onnx-evaluation.h"

#include "engine/core/error.h"
#include "engine/graph/execution.h"
#include "engine/graph/plan.h"

/* Work on constants, in multiplications: what takes longer than a moment is no constant of a
 * network. */
#define MAX_MULTIPLY_ADDS (G_GINT64_CONSTANT (1) << 32)

static FlOnnxConstant *
run_graph (FlOnnxImport *import, const FlOnnx__Node *node, FlGraph *graph, FlTensor *input,
           int rank, const gint64 *shape, GError **error)
{
  g_autoptr (FlPlan) plan = NULL;
  g_autoptr (FlExecution) execution = NULL;
  FlOnnxConstant *result;

  if (fl_graph_n_multiply_adds (graph) > MAX_MULTIPLY_ADDS)
    {
      fl_onnx_node_error (node, error, FL_ERROR_LIMIT,
                          "%" G_GINT64_FORMAT
                          " multiplications of constants, expected at most %" G_GINT64_FORMAT,
                          fl_graph_n_multiply_adds (graph), MAX_MULTIPLY_ADDS);
      return NULL;
    }
  if (import->pool == NULL)
    import->pool = fl_pool_new (1);
  plan = fl_plan_new (graph, FL_PLAN_FORWARD_ONLY);
  execution = fl_execution_new (plan, import->pool);
  if (!fl_execution_forward (execution, input, NULL, error))
    return NULL;
  result = fl_onnx_constant_new (FL_ONNX_FLOAT, rank, shape);
  for (gsize i = 0; i < result->size; i++)
    fl_onnx_constant_set_number (result, i, fl_execution_logits (execution)[i]);
  return result;
}

/* Output @output of a network of just this node, with input @open in the place of the picture. NULL
 * without an error: refused. */
static FlOnnxConstant *
evaluate_output (FlOnnxImport *import, const FlOnnx__Node *node, FlOnnxValue *const *inputs,
                 gsize open, gsize output, GError **error)
{
  FlOnnxImport part;
  FlOnnxConstant *constant = inputs[open]->constant;
  FlOnnxConstant *result = NULL;
  FlOnnxValue *made = NULL;
  g_autofree FlOnnxValue **own = g_new0 (FlOnnxValue *, node->n_input);
  g_autoptr (FlTensor) tensor = NULL;
  g_autoptr (FlGraph) graph = NULL;

  fl_onnx_import_init (&part, import->document);
  part.opset = import->opset;
  part.budget = import->budget;
  for (gsize i = 0; i < node->n_input; i++)
    if (inputs[i] != NULL)
      {
        own[i] = g_hash_table_lookup (part.values, node->input[i]);
        if (own[i] != NULL)
          continue;
        own[i] = fl_onnx_import_add_value (&part, node->input[i]);
        if (i == open)
          own[i]->value = fl_graph_builder_add_input (part.builder, node->input[i], constant->rank,
                                                      constant->shape);
        else
          own[i]->constant = fl_onnx_constant_ref (inputs[i]->constant);
      }
  for (gsize i = 0; i < node->n_output; i++)
    if (node->output[i][0] != '\0')
      fl_onnx_import_add_value (&part, node->output[i])->used
          = fl_onnx_import_output_is_used (import, node, i);
  made = g_hash_table_lookup (part.values, node->output[output]);

  if (fl_onnx_translate (&part, node, own, error))
    {
      if (made->constant != NULL)
        result = fl_onnx_constant_ref (made->constant);
      else if (made->value >= 0 && made->value == own[open]->value)
        result = fl_onnx_constant_ref (constant);
      else if (made->value >= 0)
        {
          int rank;
          g_autofree gint64 *shape = NULL;
          const gint64 *there = fl_graph_builder_shape (part.builder, made->value, &rank);

          shape = g_memdup2 (there, (gsize) rank * sizeof (gint64));
          tensor = fl_onnx_constant_to_tensor (constant);
          graph = fl_graph_builder_finish (part.builder, made->value, error);
          if (graph != NULL)
            result = run_graph (import, node, graph, tensor, rank, shape, error);
        }
      else if (!fl_onnx_import_adopt_refusal (import, node, &part))
        fl_onnx_node_error (node, error, FL_ERROR_UNSUPPORTED, "constants of this form");
    }
  import->budget = part.budget;
  fl_onnx_import_clear (&part);
  return result;
}

gboolean
fl_onnx_evaluate (FlOnnxImport *import, const FlOnnx__Node *node, FlOnnxValue *const *inputs,
                  GError **error)
{
  gsize open = node->n_input;

  for (gsize i = node->n_input; i-- > 0;)
    if (inputs[i] != NULL)
      {
        const FlOnnxConstant *constant = fl_onnx_import_constant (import, inputs[i], error);

        if (constant == NULL)
          return FALSE;
        if (fl_onnx_type_is_float (constant->type) && constant->size > 0)
          open = i;
      }
  if (open == node->n_input)
    return fl_onnx_node_error (node, error, FL_ERROR_UNSUPPORTED, "constants that are not floats");
  for (gsize i = 0; i < node->n_output; i++)
    if (fl_onnx_import_output_is_used (import, node, i))
      {
        GError *met = NULL;
        FlOnnxConstant *result = evaluate_output (import, node, inputs, open, i, &met);
        gint64 bytes;

        if (met != NULL)
          {
            g_propagate_error (error, met);
            return FALSE;
          }
        if (result == NULL)
          return TRUE;
        bytes = (gint64) (result->size * sizeof (float));
        fl_onnx_import_bind_constant (import, node, i, result);
        if (bytes > import->budget)
          return fl_onnx_node_error (node, error, FL_ERROR_LIMIT,
                                     "%" G_GINT64_FORMAT
                                     " bytes of constants, expected at most %" G_GINT64_FORMAT
                                     " more to be computed from a file of this size",
                                     bytes, import->budget);
        import->budget -= bytes;
      }
  return TRUE;
}
