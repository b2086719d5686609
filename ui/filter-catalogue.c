#include "ui/filter-catalogue.h"

FlFilterCatalogue *
fl_filter_catalogue_new (int n_layers, const char *const *names, const int *n_filters)
{
  g_return_val_if_fail (n_layers >= 0, NULL);

  FlFilterCatalogue *catalogue = g_new0 (FlFilterCatalogue, 1);

  g_atomic_ref_count_init (&catalogue->references);
  catalogue->n_layers = n_layers;
  catalogue->layer_names = g_new0 (char *, n_layers + 1);
  catalogue->first_filter = g_new0 (int, n_layers + 1);
  for (int l = 0; l < n_layers; l++)
    {
      catalogue->layer_names[l] = g_strdup (names[l]);
      catalogue->first_filter[l + 1] = catalogue->first_filter[l] + n_filters[l];
    }
  catalogue->n_filters = catalogue->first_filter[n_layers];
  catalogue->layer = g_new0 (int, catalogue->n_filters + 1);
  for (int l = 0; l < n_layers; l++)
    for (int f = catalogue->first_filter[l]; f < catalogue->first_filter[l + 1]; f++)
      catalogue->layer[f] = l;
  return catalogue;
}

FlFilterCatalogue *
fl_filter_catalogue_ref (FlFilterCatalogue *catalogue)
{
  g_atomic_ref_count_inc (&catalogue->references);
  return catalogue;
}

void
fl_filter_catalogue_unref (FlFilterCatalogue *catalogue)
{
  if (!g_atomic_ref_count_dec (&catalogue->references))
    return;
  g_strfreev (catalogue->layer_names);
  g_free (catalogue->first_filter);
  g_free (catalogue->layer);
  g_free (catalogue);
}

const char *
fl_filter_catalogue_layer_name (const FlFilterCatalogue *catalogue, int filter)
{
  g_return_val_if_fail (filter >= 0 && filter < catalogue->n_filters, NULL);

  return catalogue->layer_names[catalogue->layer[filter]];
}

int
fl_filter_catalogue_channel (const FlFilterCatalogue *catalogue, int filter)
{
  g_return_val_if_fail (filter >= 0 && filter < catalogue->n_filters, -1);

  return filter - catalogue->first_filter[catalogue->layer[filter]];
}

char *
fl_filter_catalogue_name (const FlFilterCatalogue *catalogue, int filter)
{
  g_return_val_if_fail (filter >= 0 && filter < catalogue->n_filters, NULL);

  return g_strdup_printf ("%s : %d", fl_filter_catalogue_layer_name (catalogue, filter),
                          fl_filter_catalogue_channel (catalogue, filter));
}
