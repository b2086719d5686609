#pragma once

#include "engine/graph/graph.h"

/**
 * fl_filter_selection_parse:
 * @text: "LAYER:FILTER,...": a filter, LAYER:A-B for filters A to B, or LAYER:* for a whole layer;
 *   the names of layers may hold colons: the last one counts
 * @filters: (element-type int): the filters, numbered through the network, are appended
 *
 * Returns: %FALSE with %FL_ERROR_MALFORMED where @text is not written like that, with
 *   %FL_ERROR_RANGE where the network has no such layer or filter
 */
gboolean
fl_filter_selection_parse (FlGraph *graph, const char *text, GArray *filters, GError **error);

/* Whether @text is written as it should be, whatever the network; else %FL_ERROR_MALFORMED. */
gboolean fl_filter_selection_check (const char *text, GError **error);

/**
 * fl_filter_selection_format:
 * @off: (array length=n_filters): 1 for each filter to name
 *
 * Returns: (transfer full): the short text that fl_filter_selection_parse() reads as these filters,
 *   empty for none
 */
char *fl_filter_selection_format (FlGraph *graph, const guint8 *off);
