#pragma once

#include "engine/saliency/profile.h"
#include "ui/filter-catalogue.h"

/**
 * fl_filter_export_csv:
 * @off: (array length=n_filters): 1 where a filter is off
 * @filters: (array length=n): the rows
 *
 * Returns: (transfer full): a table with the columns layer, filter, saliency, rank, off (0 or 1);
 *   its numbers read back exactly
 */
char *fl_filter_export_csv (const FlFilterCatalogue *catalogue, const FlProfile *profile,
                            const guint8 *off, int n, const int *filters);
