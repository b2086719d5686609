#pragma once

#include <gio/gio.h>

typedef enum
{
  FL_TABLE_CSV,
  FL_TABLE_JSON,
} FlTableFormat;

typedef enum
{
  FL_COLUMN_TEXT,
  FL_COLUMN_INTEGER,
  FL_COLUMN_FLOAT,  /* float32, nine digits */
  FL_COLUMN_DOUBLE, /* seventeen digits */
} FlColumnType;

typedef struct
{
  const char *name;
  FlColumnType type;
} FlTableColumn;

/**
 * FlTableWriter:
 *
 * Writes a table row by row.
 *
 * CSV: a line of names, then a line for each row, ended by "\n"; cells with a comma, a quote or a
 * line break are quoted as in RFC 4180; a missing value is an empty cell, infinities are inf and
 * -inf. JSON: an array of one object a row; a missing value is null, so is an infinity, which is
 * told by a further member "COLUMN_infinite": "inf" or "-inf". In both a NaN is a missing value.
 * Numbers read back exactly, whatever the locale.
 *
 *     fl_table_writer_begin_row (writer);
 *     fl_table_writer_text (writer, "layer1.conv1");
 *     fl_table_writer_integer (writer, 17);
 *     fl_table_writer_float (writer, saliency);
 *     fl_table_writer_end_row (writer);
 *
 * Cells come in the order of the columns; cells left out at the end of a row are missing values.
 * Writing errors are kept until fl_table_writer_finish().
 */
typedef struct _FlTableWriter FlTableWriter;

/**
 * fl_table_writer_new:
 * @stream: a reference is kept; it is flushed by fl_table_writer_finish(), but not closed
 * @columns: (array length=n_columns): copied, at least one
 */
FlTableWriter *fl_table_writer_new (FlTableFormat format, GOutputStream *stream,
                                    const FlTableColumn *columns, int n_columns);

/**
 * fl_table_writer_new_for_string:
 * @string: borrowed; complete after fl_table_writer_finish()
 */
FlTableWriter *fl_table_writer_new_for_string (FlTableFormat format, GString *string,
                                               const FlTableColumn *columns, int n_columns);

void fl_table_writer_free (FlTableWriter *writer);

void fl_table_writer_begin_row (FlTableWriter *writer);

/* %NULL is a missing value. What is not UTF-8 is replaced. */
void fl_table_writer_text (FlTableWriter *writer, const char *value);
void fl_table_writer_integer (FlTableWriter *writer, gint64 value);
void fl_table_writer_float (FlTableWriter *writer, float value);
void fl_table_writer_double (FlTableWriter *writer, double value);
void fl_table_writer_missing (FlTableWriter *writer);

void fl_table_writer_end_row (FlTableWriter *writer);

/* Ends the table and hands the rest to the stream. Returns whether all could be written. */
gboolean fl_table_writer_finish (FlTableWriter *writer, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlTableWriter, fl_table_writer_free)
