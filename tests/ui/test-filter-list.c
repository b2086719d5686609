/* The rows of the table: order, selection and switching. */

#include <string.h>

#include "tests/ui/chart-fixture.h"
#include "ui/filter-list.h"

typedef struct
{
  FlChartFixture data;
  FlFilterList *list;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer large)
{
  if (large != NULL)
    fl_chart_fixture_init_large (&fixture->data, 11);
  else
    fl_chart_fixture_init_small (&fixture->data, 12);
  fixture->list = fl_filter_list_new ();
  fl_filter_list_set_data (fixture->list, fixture->data.catalogue, fixture->data.profile);
}

static void
tear_down (Fixture *fixture, gconstpointer large)
{
  g_object_unref (fixture->list);
  fl_chart_fixture_clear (&fixture->data);
}

static double
key (const Fixture *fixture, FlFilterColumn column, int filter)
{
  switch (column)
    {
    case FL_FILTER_COLUMN_OFF:
      return fixture->data.off[filter];
    case FL_FILTER_COLUMN_RANK:
      return fixture->data.profile->rank[filter];
    case FL_FILTER_COLUMN_LAYER:
      return fixture->data.catalogue->layer[filter];
    case FL_FILTER_COLUMN_FILTER:
      return fl_filter_catalogue_channel (fixture->data.catalogue, filter);
    case FL_FILTER_COLUMN_SALIENCY:
    default:
      return fixture->data.profile->saliency[filter];
    }
}

static void
test_sort (Fixture *fixture, gconstpointer large)
{
  int n = fixture->data.catalogue->n_filters;
  g_autofree gboolean *seen = NULL;

  for (int i = 0; i < n; i += 3)
    fixture->data.off[i] = 1;
  fl_filter_list_set_off (fixture->list, fixture->data.off);
  for (int c = FL_FILTER_COLUMN_OFF; c <= FL_FILTER_COLUMN_SALIENCY; c++)
    for (int descending = 0; descending < 2; descending++)
      {
        seen = (g_free (seen), g_new0 (gboolean, n));
        fl_filter_list_sort (fixture->list, (FlFilterColumn) c, descending);
        g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->list)), ==, n);
        for (int i = 0; i < n; i++)
          {
            int filter = fl_filter_list_get_filter (fixture->list, (guint) i);

            g_assert_false (seen[filter]);
            seen[filter] = TRUE;
            g_assert_cmpint (fl_filter_list_get_position (fixture->list, filter), ==, i);
            if (i == 0)
              continue;

            int before = fl_filter_list_get_filter (fixture->list, (guint) i - 1);
            double a = key (fixture, (FlFilterColumn) c, before);
            double b = key (fixture, (FlFilterColumn) c, filter);

            if (descending)
              g_assert_cmpfloat (a, >=, b);
            else
              g_assert_cmpfloat (a, <=, b);
            if (a == b)
              g_assert_cmpint (fixture->data.profile->rank[before], <,
                               fixture->data.profile->rank[filter]);
          }
      }
}

static void
count (int *counter)
{
  (*counter)++;
}

static void
test_selection (Fixture *fixture, gconstpointer large)
{
  GtkSelectionModel *model = GTK_SELECTION_MODEL (fixture->list);
  int n_changes = 0;

  g_signal_connect_swapped (model, "selection-changed", G_CALLBACK (count), &n_changes);
  g_assert_true (gtk_selection_model_select_item (model, 7, TRUE));

  int filter = fl_filter_list_get_filter (fixture->list, 7);

  g_assert_cmpint (fl_filter_list_get_selected (fixture->list), ==, filter);
  g_assert_cmpint (n_changes, ==, 1);
  fl_filter_list_set_selected (fixture->list, filter);
  g_assert_cmpint (n_changes, ==, 1);

  /* The filter stays selected, wherever its row goes. */
  fl_filter_list_sort (fixture->list, FL_FILTER_COLUMN_SALIENCY, FALSE);
  g_assert_cmpint (fl_filter_list_get_selected (fixture->list), ==, filter);

  g_autoptr (GtkBitset) selected = gtk_selection_model_get_selection (model);

  g_assert_cmpuint (gtk_bitset_get_size (selected), ==, 1);
  g_assert_cmpint ((int) gtk_bitset_get_nth (selected, 0), ==,
                   fl_filter_list_get_position (fixture->list, filter));

  fl_filter_list_set_selected (fixture->list, fixture->data.catalogue->n_filters);
  g_assert_cmpint (fl_filter_list_get_selected (fixture->list), ==, -1);
  g_assert_false (gtk_selection_model_is_selected (model, 7));
}

static void
test_several (Fixture *fixture, gconstpointer large)
{
  GtkSelectionModel *model = GTK_SELECTION_MODEL (fixture->list);
  g_autofree int *marked = NULL;
  int n;

  gtk_selection_model_select_item (model, 4, TRUE);
  gtk_selection_model_select_range (model, 4, 3, TRUE);
  marked = fl_filter_list_get_marked (fixture->list, &n);
  g_assert_cmpint (n, ==, 3);
  for (int i = 0; i < n; i++)
    g_assert_cmpint (marked[i], ==, fl_filter_list_get_filter (fixture->list, 4 + (guint) i));
  /* The one that was come to last is the selected filter. */
  g_assert_cmpint (fl_filter_list_get_selected (fixture->list), ==, marked[2]);
  gtk_selection_model_select_item (model, 1, FALSE);
  g_assert_cmpint (fl_filter_list_get_selected (fixture->list), ==,
                   fl_filter_list_get_filter (fixture->list, 1));
  /* What is selected goes: its neighbour is selected. */
  gtk_selection_model_unselect_item (model, 1);
  g_assert_cmpint (fl_filter_list_get_selected (fixture->list), ==, marked[0]);
  gtk_selection_model_select_all (model);
  g_free (marked);
  marked = fl_filter_list_get_marked (fixture->list, &n);
  g_assert_cmpint (n, ==, fixture->data.catalogue->n_filters);
  /* Selecting a filter from elsewhere marks only that. */
  fl_filter_list_set_selected (fixture->list, 2);
  g_free (marked);
  marked = fl_filter_list_get_marked (fixture->list, &n);
  g_assert_cmpint (n, ==, 1);
  g_assert_cmpint (marked[0], ==, 2);
  gtk_selection_model_unselect_all (model);
  g_assert_cmpint (fl_filter_list_get_selected (fixture->list), ==, -1);
}

static guint
n_found (Fixture *fixture, const char *text)
{
  fl_filter_list_search (fixture->list, text);
  return g_list_model_get_n_items (G_LIST_MODEL (fixture->list));
}

static void
test_search (Fixture *fixture, gconstpointer large)
{
  FlFilterCatalogue *catalogue = fixture->data.catalogue;
  guint n = (guint) catalogue->n_filters;
  int layer = catalogue->n_layers / 2;
  int first = catalogue->first_filter[layer], end = catalogue->first_filter[layer + 1];
  g_autofree char *upper = g_ascii_strup (catalogue->layer_names[layer], -1);
  g_autofree char *one = g_strdup_printf ("%s:%d", catalogue->layer_names[layer], end - first - 1);
  g_autofree char *told = fl_filter_catalogue_name (catalogue, first);
  guint n_layer = 0, n_zero;

  for (guint f = 0; f < n; f++)
    if (strstr (fl_filter_catalogue_layer_name (catalogue, (int) f), catalogue->layer_names[layer]))
      n_layer++;
  fl_filter_list_set_selected (fixture->list, first);
  g_assert_cmpuint (n_found (fixture, upper), ==, n_layer);
  g_assert_cmpint (fl_filter_list_get_position (fixture->list, first), >=, 0);
  for (guint i = 1; i < n_layer; i++)
    g_assert_cmpint (fixture->data.profile->rank[fl_filter_list_get_filter (fixture->list, i - 1)],
                     <, fixture->data.profile->rank[fl_filter_list_get_filter (fixture->list, i)]);

  g_assert_cmpuint (n_found (fixture, one), >=, 1);
  g_assert_cmpint (fl_filter_list_get_position (fixture->list, end - 1), >=, 0);
  /* What is hidden is still selected, but not marked. */
  g_assert_cmpint (fl_filter_list_get_position (fixture->list, first), ==, -1);
  g_assert_cmpint (fl_filter_list_get_selected (fixture->list), ==, first);
  g_assert_cmpint (n_found (fixture, told), >=, 1);
  g_assert_true (
      gtk_selection_model_is_selected (GTK_SELECTION_MODEL (fixture->list),
                                       (guint) fl_filter_list_get_position (fixture->list, first)));
  n_zero = n_found (fixture, ":0");
  g_assert_cmpuint (n_zero, ==, (guint) catalogue->n_layers);
  g_assert_cmpuint (n_found (fixture, "no such layer"), ==, 0);
  g_assert_cmpuint (n_found (fixture, "  "), ==, n);
}

static void
test_off (Fixture *fixture, gconstpointer large)
{
  GListModel *model = G_LIST_MODEL (fixture->list);
  g_autoptr (FlFilterItem) first = g_list_model_get_item (model, 0);
  g_autoptr (FlFilterItem) again = g_list_model_get_item (model, 0);
  g_autoptr (FlFilterItem) second = g_list_model_get_item (model, 1);
  int n_first = 0, n_second = 0;

  g_assert_true (first == again);
  g_assert_null (g_list_model_get_item (model, g_list_model_get_n_items (model)));
  g_signal_connect_swapped (first, "notify::off", G_CALLBACK (count), &n_first);
  g_signal_connect_swapped (second, "notify::off", G_CALLBACK (count), &n_second);
  fixture->data.off[fl_filter_item_get_filter (first)] = 1;
  fl_filter_list_set_off (fixture->list, fixture->data.off);
  g_assert_true (fl_filter_item_get_off (first));
  g_assert_false (fl_filter_item_get_off (second));
  g_assert_cmpint (n_first, ==, 1);
  g_assert_cmpint (n_second, ==, 0);

  /* A row that comes into view later knows, too. */
  int filter = fl_filter_item_get_filter (second);

  g_clear_object (&second);
  fixture->data.off[filter] = 1;
  fl_filter_list_set_off (fixture->list, fixture->data.off);
  second = g_list_model_get_item (model, 1);
  g_assert_true (fl_filter_item_get_off (second));
}

static void
on_items_changed (GListModel *model, guint position, guint removed, guint added, guint *last)
{
  last[0] = position;
  last[1] = removed;
  last[2] = added;
}

static void
test_other_data (Fixture *fixture, gconstpointer large)
{
  FlChartFixture other;
  guint last[3];
  guint n = (guint) fixture->data.catalogue->n_filters;
  g_autoptr (FlFilterItem) old = g_list_model_get_item (G_LIST_MODEL (fixture->list), 0);

  fl_chart_fixture_init_large (&other, 13);
  fl_filter_list_set_selected (fixture->list, 5);
  g_signal_connect (fixture->list, "items-changed", G_CALLBACK (on_items_changed), last);
  fl_filter_list_set_data (fixture->list, other.catalogue, other.profile);
  g_assert_cmpuint (last[0], ==, 0);
  g_assert_cmpuint (last[1], ==, n);
  g_assert_cmpuint (last[2], ==, 26560);
  g_assert_cmpint (fl_filter_list_get_selected (fixture->list), ==, -1);
  fl_filter_list_set_data (fixture->list, NULL, NULL);
  g_assert_cmpuint (last[2], ==, 0);
  g_assert_cmpint (fl_filter_list_get_filter (fixture->list, 0), ==, -1);
  fl_chart_fixture_clear (&other);
}

#define ADD(name, function)                                                                        \
  g_test_add ("/ui/filter-list/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("sort", test_sort);
  g_test_add ("/ui/filter-list/sort-many", Fixture, GINT_TO_POINTER (1), set_up, test_sort,
              tear_down);
  ADD ("selection", test_selection);
  ADD ("several", test_several);
  ADD ("search", test_search);
  ADD ("off", test_off);
  ADD ("other-data", test_other_data);
  return g_test_run ();
}
