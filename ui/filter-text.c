#include "ui/filter-text.h"

#include <math.h>

char *
fl_value_text (double value)
{
  if (value == 0.0)
    return g_strdup ("0");
  /* Trailing zeros stay where they are significant, so that a column of numbers lines up. */
  if (fabs (value) >= 1e-3 && fabs (value) < 1e4)
    {
      int decimals = CLAMP (2 - (int) floor (log10 (fabs (value))), 0, 5);

      return g_strdup_printf ("%.*f", decimals, value);
    }
  return g_strdup_printf ("%.2e", value);
}

char *
fl_filter_text (const FlFilterCatalogue *catalogue, const FlProfile *profile, gboolean off,
                int filter)
{
  g_return_val_if_fail (filter >= 0 && filter < catalogue->n_filters, NULL);

  GString *text = g_string_new (fl_filter_catalogue_layer_name (catalogue, filter));

  g_string_append_printf (text, " filter %d", fl_filter_catalogue_channel (catalogue, filter));
  if (profile != NULL && filter < profile->n_filters)
    {
      g_autofree char *saliency = fl_value_text (profile->saliency[filter]);

      g_string_append_printf (text, " - saliency %s (rank %d of %d)", saliency,
                              profile->rank[filter], profile->n_filters);
    }
  if (off)
    g_string_append (text, ", off");
  return g_string_free (text, FALSE);
}
