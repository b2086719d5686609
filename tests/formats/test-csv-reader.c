#include "engine/core/error.h"
#include "engine/formats/csv-reader.h"
#include "tests/support/test-data.h"

#include <string.h>

static GPtrArray *
parse (const char *text, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  return fl_csv_parse (bytes, "t.csv", error);
}

static void
assert_row (GPtrArray *rows, guint i, int line, const char *joined)
{
  const FlCsvRow *row = g_ptr_array_index (rows, i);
  g_autofree char *met = g_strjoinv ("|", row->cells);

  g_assert_cmpint (row->line, ==, line);
  g_assert_cmpstr (met, ==, joined);
}

static void
test_rows (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = parse ("\xef\xbb\xbf"
                                      "file,label\r\n\"a, \"\"b\"\"\nc\",1\n\n,\n\"\",\"x\"",
                                      &error);

  g_assert_no_error (error);
  g_assert_cmpint (rows->len, ==, 4);
  assert_row (rows, 0, 1, "file|label");
  assert_row (rows, 1, 2, "a, \"b\"\nc|1");
  assert_row (rows, 2, 5, "|");
  assert_row (rows, 3, 6, "|x");
  g_assert_cmpint (fl_csv_find_column (g_ptr_array_index (rows, 0), "label"), ==, 1);
  g_assert_cmpint (fl_csv_find_column (g_ptr_array_index (rows, 0), "none"), ==, -1);
}

static void
test_refusals (void)
{
  static const struct
  {
    const char *text;
    const char *where;
  } cases[] = {
    { "a,b\n1\n", "line 2" },         { "a,b\n1,2,3\n", "line 2" }, { "a\n\"b", "line 2" },
    { "a\n\"b\"c\n", "line 2" },      { "a\nb\"c\n", "line 2" },    { "a\nb\n\xff\n", "line 3" },
    { "a,b\n\n\n\"x\"\n", "line 4" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (parse (cases[i].text, &error));
      g_assert_error (error, FL_ERROR, FL_ERROR_MALFORMED);
      g_assert_true (fl_test_error_is_clear (error));
      g_assert_nonnull (strstr (error->message, cases[i].where));
    }
}

static void
test_empty (void)
{
  g_autoptr (GPtrArray) rows = parse ("", NULL);

  g_assert_cmpint (rows->len, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/formats/csv-reader/rows", test_rows);
  g_test_add_func ("/formats/csv-reader/refusals", test_refusals);
  g_test_add_func ("/formats/csv-reader/empty", test_empty);
  return g_test_run ();
}
