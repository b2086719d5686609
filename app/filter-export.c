#include "app/filter-export.h"

#include "engine/formats/table-writer.h"

char *
fl_filter_export_csv (const FlFilterCatalogue *catalogue, const FlProfile *profile,
                      const guint8 *off, int n, const int *filters)
{
  static const FlTableColumn columns[] = {
    { "layer", FL_COLUMN_TEXT },      { "filter", FL_COLUMN_INTEGER },
    { "saliency", FL_COLUMN_DOUBLE }, { "rank", FL_COLUMN_INTEGER },
    { "off", FL_COLUMN_INTEGER },
  };
  GString *text = g_string_new (NULL);
  g_autoptr (FlTableWriter) writer
      = fl_table_writer_new_for_string (FL_TABLE_CSV, text, columns, G_N_ELEMENTS (columns));

  for (int i = 0; i < n; i++)
    {
      fl_table_writer_begin_row (writer);
      fl_table_writer_text (writer, fl_filter_catalogue_layer_name (catalogue, filters[i]));
      fl_table_writer_integer (writer, fl_filter_catalogue_channel (catalogue, filters[i]));
      fl_table_writer_double (writer, profile->saliency[filters[i]]);
      fl_table_writer_integer (writer, profile->rank[filters[i]]);
      fl_table_writer_integer (writer, off[filters[i]]);
      fl_table_writer_end_row (writer);
    }
  /* A string takes all that is written to it. */
  fl_table_writer_finish (writer, NULL);
  return g_string_free (text, FALSE);
}
