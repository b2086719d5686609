#pragma once

#include "engine/saliency/profile.h"
#include "ui/filter-catalogue.h"

/**
 * fl_filter_text:
 * @profile: (nullable): of the same network
 * @off: whether the filter is switched off
 *
 * Returns: (transfer full): what is said of a filter in the status line, in a tooltip and to a
 * screen reader: "stage3.conv1 filter 16 - saliency 0.802 (rank 1 of 336), off"
 */
char *fl_filter_text (const FlFilterCatalogue *catalogue, const FlProfile *profile, gboolean off,
                      int filter);

/* Newly allocated: three significant digits, "0.802", "3.1e-05". */
char *fl_value_text (double value);
