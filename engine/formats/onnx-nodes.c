#include "engine/formats/onnx-nodes.h"

#include "engine/core/error.h"
#include "engine/formats/onnx-fold.h"

#include <string.h>

const FlOnnxNodeRule *
fl_onnx_node_rule (const char *type)
{
  const FlOnnxNodeRule *const families[]
      = { fl_onnx_operator_rules, fl_onnx_composite_rules, fl_onnx_layout_rules };

  for (gsize i = 0; i < G_N_ELEMENTS (families); i++)
    for (const FlOnnxNodeRule *rule = families[i]; rule->type != NULL; rule++)
      if (g_str_equal (rule->type, type))
        return rule;
  return NULL;
}

gboolean
fl_onnx_node_is_known (const char *type)
{
  return fl_onnx_node_rule (type) != NULL || fl_onnx_fold_knows (type);
}

gboolean
fl_onnx_translate (FlOnnxImport *import, const FlOnnx__Node *node, FlOnnxValue *const *inputs,
                   GError **error)
{
  const FlOnnxNodeRule *rule = fl_onnx_node_rule (node->op_type);
  int n_inputs = (int) MIN (node->n_input, G_MAXINT);
  g_autoptr (GVariantDict) dict = NULL;
  g_autofree int *numbers = NULL;

  if (rule == NULL)
    {
      g_autofree char *what = g_strdup_printf ("%s of computed values", node->op_type);

      return fl_onnx_import_refuse (import, node, what);
    }
  while (n_inputs > 0 && inputs[n_inputs - 1] == NULL)
    n_inputs--;
  if (n_inputs < rule->min_inputs || n_inputs > rule->max_inputs)
    return fl_onnx_node_error (node, error, FL_ERROR_MALFORMED, "%d inputs, expected %d to %d",
                               n_inputs, rule->min_inputs, rule->max_inputs);
  for (int i = 0; i < rule->min_inputs; i++)
    if (inputs[i] == NULL)
      return fl_onnx_node_error (node, error, FL_ERROR_MALFORMED, "input %d is missing", i);
  if (node->n_output < 1)
    return fl_onnx_node_error (node, error, FL_ERROR_MALFORMED, "no outputs, expected one");

  if (rule->translate != NULL)
    return rule->translate (import, node, inputs, error);

  dict = g_variant_dict_new (NULL);
  numbers = g_new (int, n_inputs + 1);
  for (int i = 0; i < n_inputs; i++)
    {
      numbers[i] = -1;
      if (inputs[i] != NULL
          && !fl_onnx_import_operand (import, node, inputs[i], FL_OPERAND_FINITE, &numbers[i],
                                      error))
        return FALSE;
    }
  return fl_onnx_copy_attributes (node, rule->attributes, dict, error)
         && fl_onnx_emit (import, node, rule->type, NULL, n_inputs, numbers, dict, NULL, error);
}

void
fl_onnx_dict_ints (GVariantDict *dict, const char *name, const gint64 *values, gsize n)
{
  static const gint64 nothing = 0;

  g_variant_dict_insert_value (dict, name,
                               g_variant_new_fixed_array (G_VARIANT_TYPE_INT64,
                                                          n > 0 ? values : &nothing, n,
                                                          sizeof (gint64)));
}

gboolean
fl_onnx_copy_attributes (const FlOnnx__Node *node, const char *attributes, GVariantDict *dict,
                         GError **error)
{
  g_auto (GStrv) specs = g_strsplit (attributes != NULL ? attributes : "", " ", -1);

  for (char **spec = specs; *spec != NULL; spec++)
    {
      char *colon = strchr (*spec, ':');
      const char *form;
      gint64 number;
      double real;
      g_autofree char *text = NULL;
      const gint64 *values;
      gsize n;

      if (colon == NULL)
        continue;
      *colon = '\0';
      form = colon + 1;
      if (fl_onnx_node_attribute (node, *spec) == NULL)
        continue;
      if (g_str_equal (form, "x"))
        {
          if (!fl_onnx_node_int (node, *spec, 0, &number, error))
            return FALSE;
          g_variant_dict_insert (dict, *spec, "x", number);
        }
      else if (g_str_equal (form, "d"))
        {
          if (!fl_onnx_node_float (node, *spec, 0, &real, error))
            return FALSE;
          g_variant_dict_insert (dict, *spec, "d", real);
        }
      else if (g_str_equal (form, "s"))
        {
          if (!fl_onnx_node_text (node, *spec, "", &text, error))
            return FALSE;
          g_variant_dict_insert (dict, *spec, "s", text);
        }
      else
        {
          if (!fl_onnx_node_ints (node, *spec, &values, &n, NULL, error))
            return FALSE;
          fl_onnx_dict_ints (dict, *spec, values, n);
        }
    }
  return TRUE;
}

gboolean
fl_onnx_emit (FlOnnxImport *import, const FlOnnx__Node *node, const char *type, const char *part,
              int n_inputs, const int *inputs, GVariantDict *dict, int *result, GError **error)
{
  g_autofree char *step
      = part != NULL ? g_strdup_printf ("%s/%s", fl_onnx_node_label (node), part) : NULL;
  const char *output = step != NULL ? step : node->output[0];
  const char *name = step != NULL ? step : node->name != NULL ? node->name : "";
  int number;

  if (!fl_graph_builder_add_operator (import->builder, type, name, n_inputs, inputs, 1, &output,
                                      &number, dict, error))
    return FALSE;
  if (part == NULL)
    fl_onnx_import_bind_value (import, node, 0, number);
  if (result != NULL)
    *result = number;
  return TRUE;
}

int
fl_onnx_emit_number (FlOnnxImport *import, const FlOnnx__Node *node, const char *part,
                     double number)
{
  g_autofree char *name = g_strdup_printf ("%s/%s", fl_onnx_node_label (node), part);
  float value = (float) number;
  g_autoptr (FlTensor) tensor = fl_tensor_new_from_data (0, NULL, &value);

  return fl_graph_builder_add_constant (import->builder, name, tensor);
}

gboolean
fl_onnx_see_through (FlOnnxImport *import, const FlOnnx__Node *node, FlOnnxValue *const *inputs,
                     GError **error)
{
  int number;

  if (!fl_onnx_import_operand (import, node, inputs[0], FL_OPERAND_FINITE, &number, error))
    return FALSE;
  fl_onnx_import_bind_value (import, node, 0, number);
  return TRUE;
}

/* The constant of an input, NULL where it is absent or refused because it is computed. */
static gboolean
constant_operand (FlOnnxImport *import, const FlOnnx__Node *node, FlOnnxValue *const *inputs,
                  int index, FlOnnxConstant **constant, gboolean *refused, GError **error)
{
  FlOnnxValue *value = index >= 0 && (gsize) index < node->n_input ? inputs[index] : NULL;

  *constant = NULL;
  *refused = FALSE;
  if (value == NULL)
    return TRUE;
  if (!fl_onnx_value_is_constant (value))
    {
      g_autofree char *what = g_strdup_printf ("%s with a computed input %d", node->op_type, index);

      *refused = fl_onnx_import_refuse (import, node, what);
      return TRUE;
    }
  *constant = fl_onnx_import_constant (import, value, error);
  return *constant != NULL;
}

gboolean
fl_onnx_list_operand (FlOnnxImport *import, const FlOnnx__Node *node, FlOnnxValue *const *inputs,
                      int index, const char *name, gint64 **list, gsize *n, gboolean *refused,
                      GError **error)
{
  FlOnnxConstant *constant;
  const gint64 *values;
  gboolean present = FALSE;

  *list = NULL;
  *n = 0;
  if (!constant_operand (import, node, inputs, index, &constant, refused, error))
    return FALSE;
  if (constant == NULL)
    {
      if (*refused || name == NULL)
        return TRUE;
      if (!fl_onnx_node_ints (node, name, &values, n, &present, error))
        return FALSE;
      if (present)
        *list = *n > 0 ? g_memdup2 (values, *n * sizeof (gint64)) : g_new0 (gint64, 1);
      return TRUE;
    }
  if (constant->rank > 1 || fl_onnx_type_is_float (constant->type) || constant->size > 1024)
    return fl_onnx_node_error (node, error, FL_ERROR_MALFORMED,
                               "input %d is not a short list of integers", index);
  *n = constant->size;
  *list = g_new (gint64, *n + 1);
  for (gsize i = 0; i < *n; i++)
    (*list)[i] = fl_onnx_constant_integer (constant, i);
  return TRUE;
}

gboolean
fl_onnx_number_operand (FlOnnxImport *import, const FlOnnx__Node *node, FlOnnxValue *const *inputs,
                        int index, double *number, gboolean *there, gboolean *refused,
                        GError **error)
{
  FlOnnxConstant *constant;

  *there = FALSE;
  if (!constant_operand (import, node, inputs, index, &constant, refused, error))
    return FALSE;
  if (constant == NULL)
    return TRUE;
  if (constant->size != 1)
    return fl_onnx_node_error (node, error, FL_ERROR_SHAPE,
                               "input %d has %" G_GSIZE_FORMAT " elements, expected 1", index,
                               constant->size);
  *number = fl_onnx_constant_number (constant, 0);
  *there = TRUE;
  return TRUE;
}
