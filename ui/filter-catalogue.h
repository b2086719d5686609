#pragma once

#include <glib.h>

/**
 * FlFilterCatalogue:
 * @n_layers: number of layers
 * @n_filters: number of filters of all layers together
 * @layer_names: (array length=n_layers): in network order
 * @first_filter: (array length=n_layers + 1): number of each layer's filter 0, and n_filters at the
 * end
 * @layer: (array length=n_filters): the layer of each filter
 *
 * What widgets know of a network: its layers and how many filters each has. Filters are numbered
 * through the network. A plain value that is never changed; reference counted.
 */
typedef struct
{
  gatomicrefcount references;
  int n_layers;
  int n_filters;
  char **layer_names;
  int *first_filter;
  int *layer;
} FlFilterCatalogue;

/**
 * fl_filter_catalogue_new:
 * @names: (array length=n_layers): copied
 * @n_filters: (array length=n_layers): filters of each layer, at least 1
 *
 * Returns: (transfer full): a catalogue
 */
FlFilterCatalogue *
fl_filter_catalogue_new (int n_layers, const char *const *names, const int *n_filters);
FlFilterCatalogue *fl_filter_catalogue_ref (FlFilterCatalogue *catalogue);
void fl_filter_catalogue_unref (FlFilterCatalogue *catalogue);

/* Name of the layer that holds @filter, borrowed. */
const char *fl_filter_catalogue_layer_name (const FlFilterCatalogue *catalogue, int filter);

/* Number of @filter inside its layer, from 0. */
int fl_filter_catalogue_channel (const FlFilterCatalogue *catalogue, int filter);

/* Newly allocated "stage3.conv1 : 16". */
char *fl_filter_catalogue_name (const FlFilterCatalogue *catalogue, int filter);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlFilterCatalogue, fl_filter_catalogue_unref)
