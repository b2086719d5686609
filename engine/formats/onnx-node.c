#include "engine/formats/onnx-node.h"

#include "engine/core/error.h"

#include <string.h>

/* AttributeProto.AttributeType */
enum
{
  TYPE_UNDEFINED = 0, /* files of the first version have no types */
  TYPE_FLOAT = 1,
  TYPE_INT = 2,
  TYPE_STRING = 3,
  TYPE_INTS = 7,
};

const char *
fl_onnx_node_label (const FlOnnx__Node *node)
{
  if (node->name != NULL && node->name[0] != '\0')
    return node->name;
  return node->n_output > 0 ? node->output[0] : "";
}

gboolean
fl_onnx_node_error (const FlOnnx__Node *node, GError **error, int code, const char *format, ...)
{
  va_list arguments;
  g_autofree char *text = NULL;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, FL_ERROR, code, "%s '%s': %s", node->op_type != NULL ? node->op_type : "",
               fl_onnx_node_label (node), text);
  return FALSE;
}

const FlOnnx__Attribute *
fl_onnx_node_attribute (const FlOnnx__Node *node, const char *name)
{
  for (gsize i = 0; i < node->n_attribute; i++)
    if (g_strcmp0 (node->attribute[i]->name, name) == 0)
      return node->attribute[i];
  return NULL;
}

static gboolean
check_type (const FlOnnx__Node *node, const FlOnnx__Attribute *attribute, int type, gboolean there,
            const char *expected, GError **error)
{
  if (attribute->type == type || (attribute->type == TYPE_UNDEFINED && there))
    return TRUE;
  return fl_onnx_node_error (node, error, FL_ERROR_MALFORMED, "attribute '%s' is not %s",
                             attribute->name, expected);
}

gboolean
fl_onnx_node_int (const FlOnnx__Node *node, const char *name, gint64 fallback, gint64 *value,
                  GError **error)
{
  const FlOnnx__Attribute *attribute = fl_onnx_node_attribute (node, name);

  *value = fallback;
  if (attribute == NULL)
    return TRUE;
  if (!check_type (node, attribute, TYPE_INT, attribute->has_i, "an integer", error))
    return FALSE;
  *value = attribute->i;
  return TRUE;
}

gboolean
fl_onnx_node_float (const FlOnnx__Node *node, const char *name, double fallback, double *value,
                    GError **error)
{
  const FlOnnx__Attribute *attribute = fl_onnx_node_attribute (node, name);

  *value = fallback;
  if (attribute == NULL)
    return TRUE;
  if (!check_type (node, attribute, TYPE_FLOAT, attribute->has_f, "a number", error))
    return FALSE;
  *value = attribute->f;
  return TRUE;
}

gboolean
fl_onnx_node_ints (const FlOnnx__Node *node, const char *name, const gint64 **values, gsize *n,
                   gboolean *present, GError **error)
{
  const FlOnnx__Attribute *attribute = fl_onnx_node_attribute (node, name);

  *values = NULL;
  *n = 0;
  if (present != NULL)
    *present = attribute != NULL;
  if (attribute == NULL)
    return TRUE;
  if (!check_type (node, attribute, TYPE_INTS, attribute->n_ints > 0, "a list of integers", error))
    return FALSE;
  *values = attribute->ints;
  *n = attribute->n_ints;
  return TRUE;
}

gboolean
fl_onnx_node_text (const FlOnnx__Node *node, const char *name, const char *fallback, char **value,
                   GError **error)
{
  const FlOnnx__Attribute *attribute = fl_onnx_node_attribute (node, name);
  g_autofree char *text = NULL;

  if (attribute == NULL)
    {
      *value = g_strdup (fallback);
      return TRUE;
    }
  if (!check_type (node, attribute, TYPE_STRING, attribute->has_s, "a text", error))
    return FALSE;
  text = g_strndup ((const char *) attribute->s.data, attribute->s.len);
  *value = g_utf8_make_valid (text, -1);
  return TRUE;
}

gboolean
fl_onnx_node_axis (const FlOnnx__Node *node, gint64 axis, int rank, int *result, GError **error)
{
  if (axis < -rank || axis >= rank)
    return fl_onnx_node_error (node, error, FL_ERROR_SHAPE,
                               "axis %" G_GINT64_FORMAT ", expected one of %d axes", axis, rank);
  *result = (int) (axis < 0 ? axis + rank : axis);
  return TRUE;
}
