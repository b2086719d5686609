#pragma once

#include <glib.h>

typedef struct
{
  char *path;    /* owned: absolute */
  int label;     /* the true class, -1 where it is not known */
  int predicted; /* the class the bundled network answers, -1 where it is not known */
  int index;     /* in the data set it comes from, -1 where it is not known */
  char *note;    /* owned: what there is to see, perhaps empty */
} FlSample;

/**
 * fl_sample_index_load:
 * @path: a CSV file with the columns file, label, and perhaps predicted, note and index, in any
 *   order; `file` is relative to the folder of @path
 *
 * Returns: (transfer full) (element-type FlSample): the samples in the file's order; %NULL with
 *   %FL_ERROR_MALFORMED, %FL_ERROR_RANGE or the error of GIO. The pictures themselves are not
 *   looked at.
 */
GPtrArray *fl_sample_index_load (const char *path, GError **error);
