#include "engine/graph/operator-record.h"

#include "engine/core/error.h"

gint64
fl_shape_count (const FlShape *shape)
{
  gint64 count = 1;

  for (int i = 0; i < shape->rank; i++)
    count *= shape->size[i];
  return count;
}

gint64
fl_attribute_int (const FlOperatorRequest *request, const char *key, gint64 fallback)
{
  g_variant_dict_lookup (request->attributes, key, "x", &fallback);
  return fallback;
}

double
fl_attribute_double (const FlOperatorRequest *request, const char *key, double fallback)
{
  g_variant_dict_lookup (request->attributes, key, "d", &fallback);
  return fallback;
}

char *
fl_attribute_text (const FlOperatorRequest *request, const char *key)
{
  char *text = NULL;

  g_variant_dict_lookup (request->attributes, key, "s", &text);
  return text;
}

gint64 *
fl_attribute_ints (const FlOperatorRequest *request, const char *key, int *n)
{
  g_autoptr (GVariant) value
      = g_variant_dict_lookup_value (request->attributes, key, G_VARIANT_TYPE ("ax"));
  const gint64 *elements = NULL;
  gsize length = 0;

  *n = 0;
  if (value == NULL)
    return NULL;
  elements = g_variant_get_fixed_array (value, &length, sizeof (gint64));
  *n = (int) length;
  if (length == 0)
    return g_new0 (gint64, 1);
  return g_memdup2 (elements, length * sizeof (gint64));
}

gboolean
fl_operator_error (const FlOperatorRequest *request, GError **error, int code, const char *format,
                   ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, FL_ERROR, code, "%s '%s': %s", request->type, request->name, text);
  return FALSE;
}
