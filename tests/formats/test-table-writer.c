#include "engine/formats/table-writer.h"
#include "tests/support/test-data.h"

#include <gio/gio.h>
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

static const FlTableColumn columns[] = {
  { "layer", FL_COLUMN_TEXT },
  { "filter", FL_COLUMN_INTEGER },
  { "saliency", FL_COLUMN_FLOAT },
  { "log10_p", FL_COLUMN_DOUBLE },
};

static void
write_rows (FlTableWriter *writer)
{
  fl_table_writer_begin_row (writer);
  fl_table_writer_text (writer, "conv1");
  fl_table_writer_integer (writer, 17);
  fl_table_writer_float (writer, 0.1f);
  fl_table_writer_double (writer, -0.1);
  fl_table_writer_end_row (writer);

  fl_table_writer_begin_row (writer);
  fl_table_writer_text (writer, "a \"b\", c\nd\\");
  fl_table_writer_missing (writer);
  fl_table_writer_float (writer, NAN);
  fl_table_writer_double (writer, -INFINITY);
  fl_table_writer_end_row (writer);

  fl_table_writer_begin_row (writer);
  fl_table_writer_text (writer, "");
  fl_table_writer_end_row (writer);

  fl_table_writer_begin_row (writer);
  fl_table_writer_text (writer, NULL);
  fl_table_writer_integer (writer, G_MININT64);
  fl_table_writer_float (writer, INFINITY);
  fl_table_writer_double (writer, 1e300);
  fl_table_writer_end_row (writer);
}

static char *
write_table (FlTableFormat format, void (*rows) (FlTableWriter *), int n_columns)
{
  GString *string = g_string_new (NULL);
  g_autoptr (FlTableWriter) writer
      = fl_table_writer_new_for_string (format, string, columns, n_columns);
  g_autoptr (GError) error = NULL;

  rows (writer);
  g_assert_true (fl_table_writer_finish (writer, &error));
  g_assert_no_error (error);
  return g_string_free (string, FALSE);
}

static void
write_no_rows (FlTableWriter *writer)
{
}

static void
write_one_missing (FlTableWriter *writer)
{
  fl_table_writer_begin_row (writer);
  fl_table_writer_end_row (writer);
}

static void
test_csv (void)
{
  g_autofree char *text = write_table (FL_TABLE_CSV, write_rows, 4);
  g_autofree char *empty = write_table (FL_TABLE_CSV, write_no_rows, 4);
  g_autofree char *single = write_table (FL_TABLE_CSV, write_one_missing, 1);

  g_assert_cmpstr (text, ==,
                   "layer,filter,saliency,log10_p\n"
                   "conv1,17,0.100000001,-0.10000000000000001\n"
                   "\"a \"\"b\"\", c\nd\\\",,,-inf\n"
                   "\"\",,,\n"
                   ",-9223372036854775808,inf,1.0000000000000001e+300\n");
  g_assert_cmpstr (empty, ==, "layer,filter,saliency,log10_p\n");
  g_assert_cmpstr (single, ==, "layer\n\"\"\n");
}

static void
test_json (void)
{
  g_autofree char *text = write_table (FL_TABLE_JSON, write_rows, 4);
  g_autofree char *empty = write_table (FL_TABLE_JSON, write_no_rows, 4);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  JsonArray *rows;
  JsonObject *row;

  g_assert_cmpstr (empty, ==, "[]\n");
  json_parser_load_from_data (parser, text, -1, &error);
  g_assert_no_error (error);
  rows = json_node_get_array (json_parser_get_root (parser));
  g_assert_cmpint (json_array_get_length (rows), ==, 4);

  row = json_array_get_object_element (rows, 0);
  g_assert_cmpint (json_object_get_size (row), ==, 4);
  g_assert_cmpstr (json_object_get_string_member (row, "layer"), ==, "conv1");
  g_assert_cmpint (json_object_get_int_member (row, "filter"), ==, 17);
  g_assert_cmpfloat ((float) json_object_get_double_member (row, "saliency"), ==, 0.1f);
  g_assert_cmpfloat (json_object_get_double_member (row, "log10_p"), ==, -0.1);

  row = json_array_get_object_element (rows, 1);
  g_assert_cmpstr (json_object_get_string_member (row, "layer"), ==, "a \"b\", c\nd\\");
  g_assert_true (json_object_get_null_member (row, "filter"));
  g_assert_true (json_object_get_null_member (row, "saliency"));
  g_assert_false (json_object_has_member (row, "saliency_infinite"));
  g_assert_true (json_object_get_null_member (row, "log10_p"));
  g_assert_cmpstr (json_object_get_string_member (row, "log10_p_infinite"), ==, "-inf");

  row = json_array_get_object_element (rows, 2);
  g_assert_cmpstr (json_object_get_string_member (row, "layer"), ==, "");
  g_assert_true (json_object_get_null_member (row, "log10_p"));

  row = json_array_get_object_element (rows, 3);
  g_assert_true (json_object_get_null_member (row, "layer"));
  g_assert_cmpstr (json_object_get_string_member (row, "saliency_infinite"), ==, "inf");
}

static void
write_many_rows (FlTableWriter *writer)
{
  for (int i = 0; i < 20000; i++)
    write_rows (writer);
}

/* What goes through a stream piece by piece is what goes into a string. */
static void
test_stream (void)
{
  for (int format = FL_TABLE_CSV; format <= FL_TABLE_JSON; format++)
    {
      g_autofree char *expected = write_table ((FlTableFormat) format, write_many_rows, 4);
      g_autoptr (GOutputStream) stream = g_memory_output_stream_new_resizable ();
      g_autoptr (FlTableWriter) writer
          = fl_table_writer_new ((FlTableFormat) format, stream, columns, 4);

      write_many_rows (writer);
      g_assert_true (fl_table_writer_finish (writer, NULL));
      g_assert_cmpmem (g_memory_output_stream_get_data (G_MEMORY_OUTPUT_STREAM (stream)),
                       g_memory_output_stream_get_data_size (G_MEMORY_OUTPUT_STREAM (stream)),
                       expected, strlen (expected));
    }
}

/* A full disk is told at the end, once. */
static void
test_stream_fails (void)
{
  guint8 little[10];
  g_autoptr (GOutputStream) stream = g_memory_output_stream_new (little, sizeof little, NULL, NULL);
  g_autoptr (FlTableWriter) writer = fl_table_writer_new (FL_TABLE_CSV, stream, columns, 4);
  g_autoptr (GError) error = NULL;

  write_many_rows (writer);
  g_assert_false (fl_table_writer_finish (writer, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/formats/table-writer/csv", test_csv);
  g_test_add_func ("/formats/table-writer/json", test_json);
  g_test_add_func ("/formats/table-writer/stream", test_stream);
  g_test_add_func ("/formats/table-writer/stream-fails", test_stream_fails);
  return g_test_run ();
}
