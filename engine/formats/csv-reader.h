#pragma once

#include <glib.h>

typedef struct
{
  int line;    /* of the file, from 1 */
  GStrv cells; /* owned */
} FlCsvRow;

/**
 * fl_csv_parse:
 * @bytes: a table as in RFC 4180, UTF-8, lines ended by "\n" or "\r\n"; empty lines are skipped
 * @name: how messages name it
 *
 * Returns: (transfer full) (element-type FlCsvRow): the rows, the line of names among them, all
 *   with the same number of cells; %NULL with %FL_ERROR_MALFORMED
 */
GPtrArray *fl_csv_parse (GBytes *bytes, const char *name, GError **error);

/* The place of column @name in the line of names, or -1. */
int fl_csv_find_column (const FlCsvRow *names, const char *name);
