/* What an import knows about values, and what it could not take. */

#include "engine/formats/onnx-import.h"

#include "engine/core/error.h"

#include <math.h>
#include <string.h>

/* How much of a list of problems is told. */
#define MAX_KINDS 20
#define MAX_NODES 8

/* A kind of problem, and the nodes that have it. */
typedef struct
{
  char *what;
  GPtrArray *nodes;
} Problem;

static void
problem_free (gpointer data)
{
  Problem *problem = data;

  g_free (problem->what);
  g_ptr_array_unref (problem->nodes);
  g_free (problem);
}

static void
value_free (gpointer data)
{
  FlOnnxValue *value = data;

  g_clear_pointer (&value->constant, fl_onnx_constant_unref);
  g_free (value);
}

void
fl_onnx_import_init (FlOnnxImport *import, FlOnnxDocument *document)
{
  *import = (FlOnnxImport){ .document = document };
  import->builder = fl_graph_builder_new (
      document->model->graph->name != NULL ? document->model->graph->name : "");
  import->values = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, value_free);
  import->unsupported = g_ptr_array_new_with_free_func (problem_free);
}

void
fl_onnx_import_clear (FlOnnxImport *import)
{
  g_clear_pointer (&import->builder, fl_graph_builder_free);
  g_clear_pointer (&import->values, g_hash_table_unref);
  g_clear_pointer (&import->unsupported, g_ptr_array_unref);
  g_clear_pointer (&import->pool, fl_pool_free);
  g_clear_pointer (&import->set_aside, g_free);
}

/* ---- values ---- */

FlOnnxValue *
fl_onnx_import_add_value (FlOnnxImport *import, const char *name)
{
  FlOnnxValue *value = g_new0 (FlOnnxValue, 1);

  value->name = name;
  value->value = -1;
  value->producer = -1;
  g_hash_table_insert (import->values, (gpointer) name, value);
  return value;
}

FlOnnxValue *
fl_onnx_import_output_value (FlOnnxImport *import, const FlOnnx__Node *node, gsize output)
{
  if (output >= node->n_output || node->output[output][0] == '\0')
    return NULL;
  return g_hash_table_lookup (import->values, node->output[output]);
}

void
fl_onnx_import_bind_constant (FlOnnxImport *import, const FlOnnx__Node *node, gsize output,
                              FlOnnxConstant *constant)
{
  FlOnnxValue *value = fl_onnx_import_output_value (import, node, output);

  if (value == NULL)
    fl_onnx_constant_unref (constant);
  else
    {
      g_assert (value->constant == NULL);
      value->constant = constant;
    }
}

void
fl_onnx_import_bind_value (FlOnnxImport *import, const FlOnnx__Node *node, gsize output, int number)
{
  FlOnnxValue *value = fl_onnx_import_output_value (import, node, output);

  if (value != NULL)
    value->value = number;
}

gboolean
fl_onnx_import_output_is_used (FlOnnxImport *import, const FlOnnx__Node *node, gsize output)
{
  const FlOnnxValue *value = fl_onnx_import_output_value (import, node, output);

  return value != NULL && value->used;
}

FlOnnxConstant *
fl_onnx_import_constant (FlOnnxImport *import, FlOnnxValue *value, GError **error)
{
  if (value->constant == NULL && value->initialiser != NULL)
    {
      g_autofree char *what = g_strdup_printf ("initialiser '%s'", value->name);

      value->constant = fl_onnx_tensor_read (import->document, value->initialiser, what, error);
    }
  return value->constant;
}

gboolean
fl_onnx_import_shape (FlOnnxImport *import, FlOnnxValue *value, int *rank, const gint64 **shape,
                      GError **error)
{
  FlOnnxConstant *constant;

  if (!fl_onnx_value_is_constant (value))
    {
      *shape = fl_graph_builder_shape (import->builder, value->value, rank);
      return TRUE;
    }
  constant = fl_onnx_import_constant (import, value, error);
  if (constant == NULL)
    return FALSE;
  *rank = constant->rank;
  *shape = constant->shape;
  return TRUE;
}

/* Whether there is a NaN or an infinity: all bits of the exponent set. No branches, so that it is
 * quick. */
static gboolean
has_special_numbers (const float *data, gsize n)
{
  const guint32 exponent = 0x7f800000;
  guint32 found = 0;

  for (gsize i = 0; i < n; i++)
    {
      guint32 bits;

      memcpy (&bits, data + i, sizeof bits);
      found |= (bits & exponent) == exponent;
    }
  return found != 0;
}

static gboolean
check_finite (const FlOnnx__Node *node, const char *name, FlTensor *tensor, FlOperandKind kind,
              GError **error)
{
  const float *data = fl_tensor_data (tensor);
  gsize n = fl_tensor_size (tensor);

  if (!has_special_numbers (data, n))
    return TRUE;
  for (gsize i = 0; i < n; i++)
    if (isnan (data[i]) || (isinf (data[i]) && kind != FL_OPERAND_INFINITE))
      return fl_onnx_node_error (node, error, FL_ERROR_NOT_FINITE,
                                 "element %" G_GSIZE_FORMAT " of '%s' is %g, expected a number", i,
                                 name, (double) data[i]);
  return TRUE;
}

gboolean
fl_onnx_import_operand (FlOnnxImport *import, const FlOnnx__Node *node, FlOnnxValue *value,
                        FlOperandKind kind, int *number, GError **error)
{
  g_autoptr (FlTensor) tensor = NULL;
  FlOnnxConstant *constant;

  if (value->value < 0)
    {
      constant = fl_onnx_import_constant (import, value, error);
      if (constant == NULL)
        return FALSE;
      if (!fl_onnx_type_is_float (constant->type) && kind != FL_OPERAND_INTEGER)
        return fl_onnx_node_error (node, error, FL_ERROR_UNSUPPORTED,
                                   "'%s' has elements of type %s, expected floats", value->name,
                                   fl_onnx_type_name (constant->type));
      if (constant->size == 0)
        return fl_onnx_node_error (node, error, FL_ERROR_SHAPE, "'%s' has no elements",
                                   value->name);
      tensor = fl_onnx_constant_to_tensor (constant);
      if (!check_finite (node, value->name, tensor, kind, error))
        return FALSE;
      value->value = fl_graph_builder_add_constant (import->builder, value->name, tensor);
    }
  *number = value->value;
  return TRUE;
}

/* ---- what is not supported ---- */

gboolean
fl_onnx_import_refuse (FlOnnxImport *import, const FlOnnx__Node *node, const char *what)
{
  Problem *problem = NULL;

  for (guint i = 0; i < import->unsupported->len && problem == NULL; i++)
    {
      problem = g_ptr_array_index (import->unsupported, i);
      if (!g_str_equal (problem->what, what))
        problem = NULL;
    }
  if (problem == NULL)
    {
      problem = g_new0 (Problem, 1);
      problem->what = g_strdup (what);
      problem->nodes = g_ptr_array_new_with_free_func (g_free);
      g_ptr_array_add (import->unsupported, problem);
    }
  g_ptr_array_add (problem->nodes, g_strdup (fl_onnx_node_label (node)));
  for (gsize i = 0; i < node->n_output; i++)
    {
      FlOnnxValue *value = fl_onnx_import_output_value (import, node, i);

      if (value != NULL)
        value->lost = TRUE;
    }
  return TRUE;
}

gboolean
fl_onnx_import_adopt_refusal (FlOnnxImport *import, const FlOnnx__Node *node,
                              const FlOnnxImport *part)
{
  if (part->unsupported->len == 0)
    return FALSE;
  return fl_onnx_import_refuse (import, node,
                                ((const Problem *) g_ptr_array_index (part->unsupported, 0))->what);
}

/* "unsupported operators: LSTM ('a', 'b' and 37 more), Resize ('c')" */
gboolean
fl_onnx_import_report (const FlOnnxImport *import, GError **error)
{
  GString *text;

  if (import->unsupported->len == 0)
    return TRUE;
  text = g_string_new (NULL);
  for (guint i = 0; i < MIN (import->unsupported->len, MAX_KINDS); i++)
    {
      const Problem *problem = g_ptr_array_index (import->unsupported, i);

      g_string_append_printf (text, "%s%s (", i > 0 ? ", " : "", problem->what);
      for (guint k = 0; k < MIN (problem->nodes->len, MAX_NODES); k++)
        g_string_append_printf (text, "%s'%.100s'", k > 0 ? ", " : "",
                                (const char *) g_ptr_array_index (problem->nodes, k));
      if (problem->nodes->len > MAX_NODES)
        g_string_append_printf (text, " and %u more", problem->nodes->len - MAX_NODES);
      g_string_append_c (text, ')');
    }
  if (import->unsupported->len > MAX_KINDS)
    g_string_append_printf (text, " and %u more kinds", import->unsupported->len - MAX_KINDS);
  g_set_error (error, FL_ERROR, FL_ERROR_UNSUPPORTED, "unsupported operators: %s", text->str);
  g_string_free (text, TRUE);
  return FALSE;
}
