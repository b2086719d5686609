#include "engine/formats/sample-index.h"

#include "engine/core/error.h"
#include "engine/formats/bounded-file.h"
#include "engine/formats/csv-reader.h"
#include "engine/formats/number-text.h"

#define MAX_FILE_SIZE (1u << 24)

static void
sample_free (FlSample *sample)
{
  g_free (sample->path);
  g_free (sample->note);
  g_free (sample);
}

/* The number in @column, -1 where the column or the cell is empty. */
static gboolean
read_number (const FlCsvRow *row, int column, const char *what, const char *name, int *number,
             GError **error)
{
  g_autofree char *where = NULL;
  gint64 value;

  *number = -1;
  if (column < 0 || *row->cells[column] == '\0')
    return TRUE;
  where = g_strdup_printf ("table '%s', line %d, %s", name, row->line, what);
  if (!fl_number_text_parse_integer (row->cells[column], where, 0, G_MAXINT, &value, error))
    return FALSE;
  *number = (int) value;
  return TRUE;
}

GPtrArray *
fl_sample_index_load (const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = fl_bounded_file_read (path, MAX_FILE_SIZE, error);
  g_autoptr (GPtrArray) rows = bytes != NULL ? fl_csv_parse (bytes, path, error) : NULL;
  g_autoptr (GPtrArray) samples = g_ptr_array_new_with_free_func ((GDestroyNotify) sample_free);
  g_autofree char *name = NULL;
  g_autofree char *absolute = NULL;
  g_autofree char *folder = NULL;
  const FlCsvRow *names;
  int file, label, predicted, note, place;

  if (rows == NULL)
    return NULL;
  name = fl_bounded_file_display_name (path);
  absolute = g_canonicalize_filename (path, NULL);
  folder = g_path_get_dirname (absolute);
  names = rows->len > 0 ? g_ptr_array_index (rows, 0) : NULL;
  file = names != NULL ? fl_csv_find_column (names, "file") : -1;
  label = names != NULL ? fl_csv_find_column (names, "label") : -1;
  if (file < 0 || label < 0)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_MALFORMED,
                   "table '%s': no column '%s', expected file,label,predicted,note", name,
                   file < 0 ? "file" : "label");
      return NULL;
    }
  predicted = fl_csv_find_column (names, "predicted");
  note = fl_csv_find_column (names, "note");
  place = fl_csv_find_column (names, "index");
  for (guint i = 1; i < rows->len; i++)
    {
      const FlCsvRow *row = g_ptr_array_index (rows, i);
      FlSample *sample = g_new0 (FlSample, 1);

      g_ptr_array_add (samples, sample);
      if (*row->cells[file] == '\0')
        {
          g_set_error (error, FL_ERROR, FL_ERROR_MALFORMED,
                       "table '%s', line %d: column 'file' is empty", name, row->line);
          return NULL;
        }
      sample->path = g_canonicalize_filename (row->cells[file], folder);
      sample->note = g_strdup (note >= 0 ? row->cells[note] : "");
      if (!read_number (row, label, "column 'label'", name, &sample->label, error)
          || !read_number (row, predicted, "column 'predicted'", name, &sample->predicted, error)
          || !read_number (row, place, "column 'index'", name, &sample->index, error))
        return NULL;
    }
  return g_steal_pointer (&samples);
}
