#include "tests/support/naive-operators.h"

#include <string.h>

void
fl_naive_compute (const FlNaiveCall *call)
{
  if (!fl_naive_compute_element_wise (call) && !fl_naive_compute_window (call)
      && !fl_naive_compute_sum (call) && !fl_naive_compute_rearrangement (call))
    g_error ("no naive operator %s", call->type);
}

gint64
fl_naive_int (const FlNaiveCall *call, const char *key, gint64 fallback)
{
  g_variant_dict_lookup (call->attributes, key, "x", &fallback);
  return fallback;
}

double
fl_naive_double (const FlNaiveCall *call, const char *key, double fallback)
{
  g_variant_dict_lookup (call->attributes, key, "d", &fallback);
  return fallback;
}

char *
fl_naive_text (const FlNaiveCall *call, const char *key)
{
  char *text = NULL;

  if (!g_variant_dict_lookup (call->attributes, key, "s", &text))
    text = g_strdup ("");
  return text;
}

int
fl_naive_ints (const FlNaiveCall *call, const char *key, gint64 *list)
{
  g_autoptr (GVariant) value
      = g_variant_dict_lookup_value (call->attributes, key, G_VARIANT_TYPE ("ax"));
  const gint64 *elements = NULL;
  gsize n = 0;

  if (value == NULL)
    return -1;
  elements = g_variant_get_fixed_array (value, &n, sizeof (gint64));
  for (gsize i = 0; i < n; i++)
    list[i] = elements[i];
  return (int) n;
}
