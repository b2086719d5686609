#include "app/filter-selection.h"

#include <string.h>

#include "engine/core/error.h"
#include "engine/graph/graph-builder.h"
#include "tests/support/test-data.h"

/* Layers "stem" (3 filters), "a:b" (4), "block/0:conv" (2), one after the other. */
static FlGraph *
make_graph (void)
{
  static const struct
  {
    const char *name;
    int n_filters;
  } layers[] = { { "stem", 3 }, { "a:b", 4 }, { "block/0:conv", 2 } };
  g_autoptr (FlGraphBuilder) builder = fl_graph_builder_new ("chain");
  g_autoptr (GError) error = NULL;
  FlGraph *graph;
  int value = fl_graph_builder_add_input (builder, "x", 4, (gint64[]){ 1, 1, 2, 2 });
  int channels = 1;

  for (guint i = 0; i < G_N_ELEMENTS (layers); i++)
    {
      g_autoptr (FlTensor) weight
          = fl_tensor_new (4, (gint64[]){ layers[i].n_filters, channels, 1, 1 });
      g_autofree char *name = g_strdup_printf ("%s.weight", layers[i].name);
      g_autoptr (GVariantDict) attributes = g_variant_dict_new (NULL);
      const char *const outputs[] = { layers[i].name };
      int inputs[2] = { value, fl_graph_builder_add_constant (builder, name, weight) };

      fl_graph_builder_add_operator (builder, "Conv", "", 2, inputs, 1, outputs, &value, attributes,
                                     &error);
      g_assert_no_error (error);
      channels = layers[i].n_filters;
    }
  graph = fl_graph_builder_finish (builder, value, &error);
  g_assert_no_error (error);
  return graph;
}

static void
test_good (void)
{
  static const struct
  {
    const char *text;
    const char *filters;
  } rows[] = {
    { "stem:0", "0" },
    { "stem:2,stem:0", "2 0" },
    { "a:b:3", "6" },
    { "block/0:conv:1,a:b:0", "8 3" },
    { "a:b:1-2", "4 5" },
    { "stem:1-1", "1" },
    { "a:b:*,stem:0", "3 4 5 6 0" },
  };
  g_autoptr (FlGraph) graph = make_graph ();

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GArray) filters = g_array_new (FALSE, FALSE, sizeof (int));
      g_autoptr (GString) text = g_string_new (NULL);
      g_autoptr (GError) error = NULL;

      g_assert_true (fl_filter_selection_check (rows[i].text, &error));
      g_assert_true (fl_filter_selection_parse (graph, rows[i].text, filters, &error));
      g_assert_no_error (error);
      for (guint k = 0; k < filters->len; k++)
        g_string_append_printf (text, "%s%d", k > 0 ? " " : "", g_array_index (filters, int, k));
      g_assert_cmpstr (text->str, ==, rows[i].filters);
    }
}

/* Every set of filters of the small graph reads back as itself. */
static void
test_format (void)
{
  g_autoptr (FlGraph) graph = make_graph ();
  int n = fl_graph_n_filters (graph);
  g_autofree guint8 *off = g_new0 (guint8, n);
  g_autofree guint8 *again = g_new0 (guint8, n);

  g_assert_cmpint (n, <, 16);
  for (int set = 1; set < 1 << n; set++)
    {
      g_autoptr (GArray) filters = g_array_new (FALSE, FALSE, sizeof (int));
      g_autofree char *text = NULL;

      for (int f = 0; f < n; f++)
        off[f] = set >> f & 1;
      text = fl_filter_selection_format (graph, off);
      g_assert_true (fl_filter_selection_parse (graph, text, filters, NULL));
      memset (again, 0, n);
      for (guint k = 0; k < filters->len; k++)
        again[g_array_index (filters, int, k)] = 1;
      g_assert_cmpmem (off, n, again, n);
      if (set == (1 << n) - 1)
        g_assert_true (g_str_has_suffix (text, ":*"));
    }
}

static void
test_bad (void)
{
  static const struct
  {
    const char *text;
    FlError code;
  } rows[] = {
    { "", FL_ERROR_MALFORMED },
    { "stem", FL_ERROR_MALFORMED },
    { "stem:", FL_ERROR_MALFORMED },
    { ":0", FL_ERROR_MALFORMED },
    { "stem:0,", FL_ERROR_MALFORMED },
    { "stem:x", FL_ERROR_MALFORMED },
    { "stem:-1", FL_ERROR_MALFORMED },
    { "stem:2-1", FL_ERROR_MALFORMED },
    { "stem:1-", FL_ERROR_MALFORMED },
    { "stem:1-2-3", FL_ERROR_MALFORMED },
    { "stem: 1", FL_ERROR_MALFORMED },
    { "stem:99999999999", FL_ERROR_MALFORMED },
    { "stem:3", FL_ERROR_RANGE },
    { "stem:1-3", FL_ERROR_RANGE },
    { "a:0", FL_ERROR_RANGE },
    { "stem:0,root:0", FL_ERROR_RANGE },
    { "stem:0,stem:1,a:b:4", FL_ERROR_RANGE },
  };
  g_autoptr (FlGraph) graph = make_graph ();
  g_autoptr (GArray) filters = g_array_new (FALSE, FALSE, sizeof (int));
  int before = 7;

  g_array_append_val (filters, before);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (fl_filter_selection_parse (graph, rows[i].text, filters, &error));
      g_assert_error (error, FL_ERROR, (int) rows[i].code);
      g_assert_true (fl_test_error_is_clear (error));
      /* What stood there before still does, and nothing else. */
      g_assert_cmpuint (filters->len, ==, 1);
      g_assert_cmpint (fl_filter_selection_check (rows[i].text, NULL), ==,
                       rows[i].code != FL_ERROR_MALFORMED);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/filter-selection/good", test_good);
  g_test_add_func ("/app/filter-selection/bad", test_bad);
  g_test_add_func ("/app/filter-selection/format", test_format);
  return g_test_run ();
}
