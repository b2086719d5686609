#include "engine/formats/table-writer.h"

#include "engine/formats/number-text.h"

#include <math.h>
#include <string.h>

#define CHUNK 65536

typedef struct
{
  char *name; /* owned */
  FlColumnType type;
} Column;

struct _FlTableWriter
{
  FlTableFormat format;
  GOutputStream *stream; /* owned, nullable */
  GString *text;         /* owned with a stream, else borrowed */
  Column *columns;       /* owned */
  int n_columns;
  int cell; /* the next cell of the row, -1 between rows */
  gboolean has_rows;
  GError *error; /* owned: the first one */
};

static void
hand_over (FlTableWriter *writer)
{
  if (writer->stream == NULL)
    return;
  if (writer->error == NULL)
    g_output_stream_write_all (writer->stream, writer->text->str, writer->text->len, NULL, NULL,
                               &writer->error);
  g_string_truncate (writer->text, 0);
}

static void
append_csv_text (GString *to, const char *value)
{
  /* An empty text is quoted, to be told from a missing value. */
  if (*value != '\0' && strpbrk (value, ",\"\r\n") == NULL)
    {
      g_string_append (to, value);
      return;
    }
  g_string_append_c (to, '"');
  for (; *value != '\0'; value++)
    {
      if (*value == '"')
        g_string_append_c (to, '"');
      g_string_append_c (to, *value);
    }
  g_string_append_c (to, '"');
}

static void
append_json_text (GString *to, const char *value)
{
  g_string_append_c (to, '"');
  for (; *value != '\0'; value++)
    {
      guint8 c = (guint8) *value;

      if (c == '"' || c == '\\')
        g_string_append_printf (to, "\\%c", c);
      else if (c < 0x20 || c == 0x7f)
        g_string_append_printf (to, "\\u%04x", c);
      else
        g_string_append_c (to, (char) c);
    }
  g_string_append_c (to, '"');
}

static void
append_text (FlTableWriter *writer, const char *value)
{
  g_autofree char *valid = g_utf8_make_valid (value, -1);

  if (writer->format == FL_TABLE_CSV)
    append_csv_text (writer->text, valid);
  else
    append_json_text (writer->text, valid);
}

FlTableWriter *
fl_table_writer_new_for_string (FlTableFormat format, GString *string, const FlTableColumn *columns,
                                int n_columns)
{
  FlTableWriter *writer;

  g_return_val_if_fail (string != NULL, NULL);
  g_return_val_if_fail (n_columns >= 1, NULL);

  writer = g_new0 (FlTableWriter, 1);
  writer->format = format;
  writer->text = string;
  writer->columns = g_new0 (Column, n_columns);
  writer->n_columns = n_columns;
  writer->cell = -1;
  for (int i = 0; i < n_columns; i++)
    {
      writer->columns[i].name = g_strdup (columns[i].name);
      writer->columns[i].type = columns[i].type;
      if (format == FL_TABLE_CSV)
        {
          if (i > 0)
            g_string_append_c (string, ',');
          append_text (writer, columns[i].name);
        }
    }
  g_string_append (string, format == FL_TABLE_CSV ? "\n" : "[");
  return writer;
}

FlTableWriter *
fl_table_writer_new (FlTableFormat format, GOutputStream *stream, const FlTableColumn *columns,
                     int n_columns)
{
  FlTableWriter *writer;

  g_return_val_if_fail (G_IS_OUTPUT_STREAM (stream), NULL);

  writer = fl_table_writer_new_for_string (format, g_string_new (NULL), columns, n_columns);
  writer->stream = g_object_ref (stream);
  return writer;
}

void
fl_table_writer_free (FlTableWriter *writer)
{
  for (int i = 0; i < writer->n_columns; i++)
    g_free (writer->columns[i].name);
  g_free (writer->columns);
  if (writer->stream != NULL)
    {
      g_object_unref (writer->stream);
      g_string_free (writer->text, TRUE);
    }
  g_clear_error (&writer->error);
  g_free (writer);
}

void
fl_table_writer_begin_row (FlTableWriter *writer)
{
  g_return_if_fail (writer->cell < 0);

  if (writer->format == FL_TABLE_JSON)
    g_string_append (writer->text, writer->has_rows ? ",\n  {" : "\n  {");
  writer->has_rows = TRUE;
  writer->cell = 0;
}

/* What stands before a cell's value. */
static void
begin_cell (FlTableWriter *writer)
{
  const Column *column = &writer->columns[writer->cell];

  if (writer->cell > 0)
    g_string_append (writer->text, writer->format == FL_TABLE_CSV ? "," : ", ");
  if (writer->format == FL_TABLE_JSON)
    {
      append_text (writer, column->name);
      g_string_append (writer->text, ": ");
    }
  writer->cell++;
}

static gboolean
expects (FlTableWriter *writer, FlColumnType type)
{
  g_return_val_if_fail (writer->cell >= 0 && writer->cell < writer->n_columns, FALSE);
  g_return_val_if_fail (writer->columns[writer->cell].type == type, FALSE);
  return TRUE;
}

void
fl_table_writer_missing (FlTableWriter *writer)
{
  g_return_if_fail (writer->cell >= 0 && writer->cell < writer->n_columns);

  begin_cell (writer);
  if (writer->format == FL_TABLE_JSON)
    g_string_append (writer->text, "null");
  else if (writer->n_columns == 1)
    /* A line with nothing in it would be taken for no row. */
    g_string_append (writer->text, "\"\"");
}

void
fl_table_writer_text (FlTableWriter *writer, const char *value)
{
  if (!expects (writer, FL_COLUMN_TEXT))
    return;
  if (value == NULL)
    {
      fl_table_writer_missing (writer);
      return;
    }
  begin_cell (writer);
  append_text (writer, value);
}

void
fl_table_writer_integer (FlTableWriter *writer, gint64 value)
{
  if (!expects (writer, FL_COLUMN_INTEGER))
    return;
  begin_cell (writer);
  g_string_append_printf (writer->text, "%" G_GINT64_FORMAT, value);
}

static void
append_number (FlTableWriter *writer, const char *text, double value)
{
  const char *name = writer->columns[writer->cell].name;

  if (isnan (value))
    {
      fl_table_writer_missing (writer);
      return;
    }
  begin_cell (writer);
  if (writer->format == FL_TABLE_JSON && isinf (value))
    {
      g_autofree char *flag = g_strconcat (name, "_infinite", NULL);

      g_string_append (writer->text, "null, ");
      append_text (writer, flag);
      g_string_append_printf (writer->text, ": \"%s\"", text);
      return;
    }
  g_string_append (writer->text, text);
}

void
fl_table_writer_float (FlTableWriter *writer, float value)
{
  char text[FL_NUMBER_TEXT_SIZE];

  if (expects (writer, FL_COLUMN_FLOAT))
    append_number (writer, fl_number_text_float (text, value), (double) value);
}

void
fl_table_writer_double (FlTableWriter *writer, double value)
{
  char text[FL_NUMBER_TEXT_SIZE];

  if (expects (writer, FL_COLUMN_DOUBLE))
    append_number (writer, fl_number_text_double (text, value), value);
}

void
fl_table_writer_end_row (FlTableWriter *writer)
{
  g_return_if_fail (writer->cell >= 0);

  while (writer->cell < writer->n_columns)
    fl_table_writer_missing (writer);
  g_string_append_c (writer->text, writer->format == FL_TABLE_CSV ? '\n' : '}');
  writer->cell = -1;
  if (writer->text->len >= CHUNK)
    hand_over (writer);
}

gboolean
fl_table_writer_finish (FlTableWriter *writer, GError **error)
{
  g_return_val_if_fail (writer->cell < 0, FALSE);

  if (writer->format == FL_TABLE_JSON)
    g_string_append (writer->text, writer->has_rows ? "\n]\n" : "]\n");
  hand_over (writer);
  if (writer->stream != NULL && writer->error == NULL)
    g_output_stream_flush (writer->stream, NULL, &writer->error);
  if (writer->error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&writer->error));
  return FALSE;
}
