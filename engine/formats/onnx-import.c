#include "engine/formats/onnx-import.h"

#include "engine/core/error.h"
#include "engine/formats/onnx-evaluation.h"
#include "engine/formats/onnx-fold.h"

#include <string.h>

#define OLDEST_OPSET 7
#define NEWEST_OPSET 20
/* What constants computed from a small file may take, and how it grows with the file. */
#define BUDGET_BASE ((gint64) 64 << 20)
#define BUDGET_FACTOR 16
#define MAX_AXIS 65536

void
fl_onnx_import_result_clear (FlOnnxImportResult *result)
{
  g_clear_pointer (&result->graph, fl_graph_unref);
  g_clear_pointer (&result->constant, fl_onnx_constant_unref);
  g_clear_pointer (&result->set_aside, g_free);
}

static gboolean
is_known (const FlOnnxValue *value)
{
  return value->value >= 0 || value->lost || fl_onnx_value_is_constant (value);
}

static gboolean
fold_node (FlOnnxImport *import, const FlOnnx__Node *node, FlOnnxValue *const *inputs,
           GError **error)
{
  g_autofree FlOnnxConstant **constants = g_new0 (FlOnnxConstant *, node->n_input + 1);
  g_autofree FlOnnxConstant **outputs = g_new0 (FlOnnxConstant *, node->n_output + 1);
  FlOnnxFold fold = {
    .document = import->document,
    .node = node,
    .opset = import->opset,
    .n_inputs = (int) node->n_input,
    .inputs = constants,
    .n_outputs = (int) node->n_output,
    .outputs = outputs,
    .budget = &import->budget,
  };

  /* An optional input that ends the list and is absent is as good as not listed. */
  while (fold.n_inputs > 0 && inputs[fold.n_inputs - 1] == NULL)
    fold.n_inputs--;
  for (int i = 0; i < fold.n_inputs; i++)
    if (inputs[i] != NULL)
      {
        constants[i] = fl_onnx_import_constant (import, inputs[i], error);
        if (constants[i] == NULL)
          return FALSE;
      }
  if (!fl_onnx_fold (&fold, error))
    return FALSE;
  for (gsize i = 0; i < node->n_output; i++)
    fl_onnx_import_bind_constant (import, node, i, outputs[i]);
  return TRUE;
}

static gboolean
find_input (FlOnnxImport *import, const FlOnnx__Node *node, gsize index, FlOnnxValue **found,
            GError **error)
{
  const char *name = node->input[index];
  FlOnnxValue *value = g_hash_table_lookup (import->values, name);

  *found = NULL;
  if (name[0] == '\0')
    return TRUE;
  if (value == NULL)
    return fl_onnx_node_error (node, error, FL_ERROR_MALFORMED,
                               "input '%s' is neither an input of the network, an initialiser nor "
                               "made by a node",
                               name);
  if (!is_known (value))
    return fl_onnx_node_error (node, error, FL_ERROR_MALFORMED,
                               value->producer >= 0
                                   ? "input '%s' is made by a later node, expected an earlier one"
                                   : "input '%s' has no value, expected the network's input",
                               name);
  *found = value;
  return TRUE;
}

static gboolean
import_node (FlOnnxImport *import, const FlOnnx__Node *node, GError **error)
{
  const char *type = node->op_type != NULL ? node->op_type : "";
  const char *domain = node->domain != NULL ? node->domain : "";
  gboolean known;
  gboolean constant = TRUE;
  gboolean lost = FALSE;
  g_autofree FlOnnxValue **inputs = g_new0 (FlOnnxValue *, node->n_input + 1);
  g_autofree char *what = NULL;
  GError *met = NULL;
  gboolean done;

  for (gsize i = 0; i < node->n_input; i++)
    {
      if (!find_input (import, node, i, &inputs[i], error))
        return FALSE;
      constant = constant && (inputs[i] == NULL || fl_onnx_value_is_constant (inputs[i]));
      lost = lost || (inputs[i] != NULL && inputs[i]->lost);
    }

  known = (domain[0] == '\0' || g_str_equal (domain, "ai.onnx")) && fl_onnx_node_is_known (type);
  if (!known)
    {
      what = domain[0] != '\0' ? g_strdup_printf ("%.100s.%.100s", domain, type)
                               : g_strdup_printf ("%.100s", type);
      return fl_onnx_import_refuse (import, node, what);
    }
  if (lost)
    {
      for (gsize i = 0; i < node->n_output; i++)
        {
          FlOnnxValue *value = fl_onnx_import_output_value (import, node, i);

          if (value != NULL)
            value->lost = TRUE;
        }
      return TRUE;
    }

  if (constant && fl_onnx_fold_knows (type))
    return fold_node (import, node, inputs, error);
  done = constant ? fl_onnx_evaluate (import, node, inputs, &met)
                  : fl_onnx_translate (import, node, inputs, &met);
  if (!done && g_error_matches (met, FL_ERROR, FL_ERROR_UNSUPPORTED))
    {
      /* Goes on, so that the message can list everything at once; the list names the node itself.
       */
      g_autofree char *prefix = g_strdup_printf ("%s '%s': ", type, fl_onnx_node_label (node));

      if (g_str_has_prefix (met->message, prefix))
        what = g_strdup_printf ("%s: %s", type, met->message + strlen (prefix));
      done = fl_onnx_import_refuse (import, node, what != NULL ? what : met->message);
      g_clear_error (&met);
    }
  if (met != NULL)
    g_propagate_error (error, met);
  return done;
}

static gboolean
choose_opset (FlOnnxImport *import, GError **error)
{
  const FlOnnx__Model *model = import->document->model;
  gint64 version = model->n_opset_import == 0 ? 1 : 0; /* older than operator sets */

  for (gsize i = 0; i < model->n_opset_import; i++)
    {
      const char *domain = model->opset_import[i]->domain;

      if (domain == NULL || domain[0] == '\0' || g_str_equal (domain, "ai.onnx"))
        version = model->opset_import[i]->version;
    }
  if (version < OLDEST_OPSET || version > NEWEST_OPSET)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_UNSUPPORTED,
                   "operator set %" G_GINT64_FORMAT ", expected %d to %d", version, OLDEST_OPSET,
                   NEWEST_OPSET);
      return FALSE;
    }
  import->opset = (int) version;
  return TRUE;
}

/* Makes the values of initialisers, inputs and nodes known by name. */
static gboolean
name_values (FlOnnxImport *import, const FlOnnxImportOptions *options, GError **error)
{
  const FlOnnx__Graph *graph = import->document->model->graph;

  for (gsize i = 0; i < graph->n_initializer; i++)
    {
      const FlOnnx__Tensor *tensor = graph->initializer[i];

      if (tensor->name == NULL || tensor->name[0] == '\0')
        continue;
      if (g_hash_table_contains (import->values, tensor->name))
        {
          g_set_error (error, FL_ERROR, FL_ERROR_MALFORMED,
                       "initialiser '%s' stands there twice, expected once", tensor->name);
          return FALSE;
        }
      fl_onnx_import_add_value (import, tensor->name)->initialiser = tensor;
    }
  for (gsize i = 0; i < graph->n_input; i++)
    {
      const char *name = graph->input[i]->name;
      FlOnnxConstant *given = options->constants != NULL && name != NULL
                                  ? g_hash_table_lookup (options->constants, name)
                                  : NULL;

      if (name == NULL || name[0] == '\0' || g_hash_table_contains (import->values, name))
        continue;
      fl_onnx_import_add_value (import, name)->constant
          = given != NULL ? fl_onnx_constant_ref (given) : NULL;
    }
  for (gsize i = 0; i < graph->n_node; i++)
    for (gsize k = 0; k < graph->node[i]->n_output; k++)
      {
        const char *name = graph->node[i]->output[k];

        if (name[0] == '\0')
          continue;
        if (g_hash_table_contains (import->values, name))
          return fl_onnx_node_error (graph->node[i], error, FL_ERROR_MALFORMED,
                                     "output '%s' has a name that is taken, expected a new one",
                                     name);
        fl_onnx_import_add_value (import, name)->producer = (int) i;
      }
  return TRUE;
}

/* Marks what leads to the output: other heads of the network do not matter. */
static gboolean *
find_needed (FlOnnxImport *import, FlOnnxValue *output)
{
  const FlOnnx__Graph *graph = import->document->model->graph;
  gboolean *needed = g_new0 (gboolean, graph->n_node + 1);
  g_autoptr (GArray) waiting = g_array_new (FALSE, FALSE, sizeof (int));

  output->used = TRUE;
  if (output->producer >= 0)
    {
      needed[output->producer] = TRUE;
      g_array_append_val (waiting, output->producer);
    }
  while (waiting->len > 0)
    {
      const FlOnnx__Node *node = graph->node[g_array_index (waiting, int, waiting->len - 1)];

      g_array_set_size (waiting, waiting->len - 1);
      for (gsize i = 0; i < node->n_input; i++)
        {
          FlOnnxValue *value = g_hash_table_lookup (import->values, node->input[i]);

          if (value == NULL)
            continue;
          value->used = TRUE;
          if (value->producer >= 0 && !needed[value->producer])
            {
              needed[value->producer] = TRUE;
              g_array_append_val (waiting, value->producer);
            }
        }
    }
  return needed;
}

/* The Softmax or LogSoftmax behind which only the shape changes, or NULL. */
static const FlOnnx__Node *
find_trailing_softmax (FlOnnxImport *import, const FlOnnxValue *output)
{
  static const char *const harmless[]
      = { "Identity", "Dropout", "Flatten", "Reshape", "Squeeze", "Unsqueeze", "Cast", NULL };
  const FlOnnx__Graph *graph = import->document->model->graph;
  const FlOnnxValue *value = output;

  /* No path is longer than the list of nodes; a ring would be. */
  for (gsize steps = 0; steps < graph->n_node && value != NULL && value->producer >= 0; steps++)
    {
      const FlOnnx__Node *node = graph->node[value->producer];

      if (node->op_type == NULL || node->n_input < 1)
        return NULL;
      if (g_str_equal (node->op_type, "Softmax") || g_str_equal (node->op_type, "LogSoftmax"))
        return node;
      if (!g_strv_contains (harmless, node->op_type))
        return NULL;
      value = g_hash_table_lookup (import->values, node->input[0]);
    }
  return NULL;
}

static gboolean
read_input_shape (const FlOnnxImportOptions *options, const FlOnnx__ValueInfo *input, gint64 *shape,
                  int *rank, gboolean *free_axes, GError **error)
{
  const FlOnnx__TensorType *type = input->type != NULL ? input->type->tensor_type : NULL;
  const FlOnnx__Shape *given = type != NULL ? type->shape : NULL;
  static const char *const names[] = { "batch", "channel", "height", "width" };

  if (type == NULL || !fl_onnx_type_is_float ((FlOnnxType) type->elem_type))
    {
      g_set_error (error, FL_ERROR, FL_ERROR_UNSUPPORTED, "input '%s' has type %s, expected float",
                   input->name,
                   type != NULL ? fl_onnx_type_name ((FlOnnxType) type->elem_type) : "none");
      return FALSE;
    }
  if (given == NULL || given->n_dim > FL_TENSOR_MAX_RANK
      || (given->n_dim != 4 && !options->any_shape))
    {
      g_set_error (error, FL_ERROR, FL_ERROR_UNSUPPORTED,
                   "input '%s' has %" G_GSIZE_FORMAT
                   " axes, expected 4: batch, channels, height, width",
                   input->name, given != NULL ? given->n_dim : 0);
      return FALSE;
    }

  *rank = (int) given->n_dim;
  *free_axes = FALSE;
  for (int i = 0; i < *rank; i++)
    {
      gint64 size = given->dim[i]->has_dim_value ? given->dim[i]->dim_value : 0;

      if (size <= 0 && !options->any_shape)
        {
          size = i == 0 ? 1 : i == 2 ? options->height : i == 3 ? options->width : 0;
          *free_axes = *free_axes || i > 0;
          if (size <= 0)
            {
              g_set_error (error, FL_ERROR, FL_ERROR_UNSUPPORTED,
                           i == 1 ? "input '%s' leaves its %s axis open, expected a number"
                                  : "input '%s' leaves its %s axis open, expected a number there "
                                    "or in the network's card",
                           input->name, names[i]);
              return FALSE;
            }
        }
      if (size < 1 || size > MAX_AXIS || (i == 0 && size != 1 && !options->any_shape))
        {
          g_set_error (error, FL_ERROR, FL_ERROR_UNSUPPORTED,
                       "input '%s' has %" G_GINT64_FORMAT
                       " elements along axis %d (%s), expected %s",
                       input->name, size, i, i < 4 ? names[i] : "more than a picture has",
                       i == 0 && !options->any_shape ? "a batch of 1" : "1 to 65536");
          return FALSE;
        }
      shape[i] = size;
    }
  return TRUE;
}

/* Finds the one input that is left open and adds it to the builder. */
static gboolean
import_input (FlOnnxImport *import, const FlOnnxImportOptions *options, gboolean *free_axes,
              GError **error)
{
  const FlOnnx__Graph *graph = import->document->model->graph;
  const FlOnnx__ValueInfo *input = NULL;
  FlOnnxValue *value = NULL;
  gint64 shape[FL_TENSOR_MAX_RANK];
  int rank;

  for (gsize i = 0; i < graph->n_input; i++)
    {
      FlOnnxValue *candidate = graph->input[i]->name != NULL
                                   ? g_hash_table_lookup (import->values, graph->input[i]->name)
                                   : NULL;

      if (candidate == NULL || !candidate->used || fl_onnx_value_is_constant (candidate)
          || candidate->producer >= 0 || candidate == value)
        continue;
      if (input != NULL)
        {
          g_set_error (error, FL_ERROR, FL_ERROR_UNSUPPORTED,
                       "the network has several inputs ('%s', '%s'), expected one picture",
                       input->name, graph->input[i]->name);
          return FALSE;
        }
      input = graph->input[i];
      value = candidate;
    }
  *free_axes = FALSE;
  if (input == NULL)
    return TRUE; /* then the output is constant */
  if (!read_input_shape (options, input, shape, &rank, free_axes, error))
    return FALSE;
  value->value = fl_graph_builder_add_input (import->builder, input->name, rank, shape);
  return TRUE;
}

static gboolean
find_output (FlOnnxImport *import, int index, FlOnnxValue **output, GError **error)
{
  const FlOnnx__Graph *graph = import->document->model->graph;
  const char *name;

  if (index >= (int) MIN (graph->n_output, G_MAXINT))
    {
      g_set_error (error, FL_ERROR, FL_ERROR_MALFORMED,
                   "the graph has %" G_GSIZE_FORMAT " outputs, expected at least %d",
                   graph->n_output, index + 1);
      return FALSE;
    }
  name = graph->output[index]->name != NULL ? graph->output[index]->name : "";
  *output = g_hash_table_lookup (import->values, name);
  if (*output == NULL)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_MALFORMED, "output '%s' is made by no node", name);
      return FALSE;
    }
  return TRUE;
}

static gboolean
import_graph (FlOnnxImport *import, const FlOnnxImportOptions *options, FlOnnxImportResult *result,
              GError **error)
{
  const FlOnnx__Graph *graph = import->document->model->graph;
  FlOnnxValue *output;
  gboolean free_axes;
  g_autofree gboolean *needed = NULL;
  FlOnnxConstant *constant;

  if (!choose_opset (import, error) || !name_values (import, options, error)
      || !find_output (import, options->output, &output, error))
    return FALSE;
  needed = find_needed (import, output);
  if (!options->any_shape)
    import->softmax = find_trailing_softmax (import, output);
  if (!import_input (import, options, &free_axes, error))
    return FALSE;
  for (gsize i = 0; i < graph->n_node; i++)
    if (needed[i] && !import_node (import, graph->node[i], error))
      return FALSE;
  if (!fl_onnx_import_report (import, error))
    return FALSE;

  if (fl_onnx_value_is_constant (output))
    {
      constant = fl_onnx_import_constant (import, output, error);
      if (constant == NULL)
        return FALSE;
      *result = (FlOnnxImportResult){ .constant = fl_onnx_constant_ref (constant) };
      return TRUE;
    }
  if (output->value < 0)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_MALFORMED, "output '%s' is made by no node",
                   output->name);
      return FALSE;
    }
  result->graph = fl_graph_builder_finish (import->builder, output->value, error);
  if (result->graph == NULL)
    return FALSE;
  result->free_axes = free_axes;
  result->set_aside = g_steal_pointer (&import->set_aside);
  return TRUE;
}

gboolean
fl_onnx_import (FlOnnxDocument *document, const FlOnnxImportOptions *options,
                FlOnnxImportResult *result, GError **error)
{
  FlOnnxImport import;
  FlOnnxImportResult made = { 0 };
  gboolean done;

  fl_onnx_import_init (&import, document);
  import.budget = BUDGET_BASE + BUDGET_FACTOR * (gint64) g_bytes_get_size (document->bytes);
  done = import_graph (&import, options, &made, error);
  if (done)
    *result = made;
  fl_onnx_import_clear (&import);
  return done;
}
