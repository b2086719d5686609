/* The chart of a profile: what is drawn, and that pointing at it finds what was drawn. */

#include <math.h>
#include <string.h>

#include "engine/core/random.h"
#include "tests/ui/chart-fixture.h"
#include "ui/layer-labels.h"

#define N_RANDOM 150

/* Rounding of text extents to whole Pango units, in pixels. */
#define TEXT_ROUNDING 0.01

typedef struct
{
  cairo_surface_t *surface;
  int width; /* device pixels */
  int height;
} Canvas;

/* A chart on white, with a margin of white all around. */
static void
draw (Canvas *canvas, const FlChartFixture *fixture, int width, int height, int margin, int scale)
{
  FlChartStyle style;
  PangoContext *context = fl_chart_fixture_style (&style, FALSE, scale);
  cairo_t *cr;

  canvas->width = (width + 2 * margin) * scale;
  canvas->height = (height + 2 * margin) * scale;
  canvas->surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, canvas->width, canvas->height);
  cairo_surface_set_device_scale (canvas->surface, scale, scale);
  cr = cairo_create (canvas->surface);
  cairo_set_source_rgb (cr, 1.0, 1.0, 1.0);
  cairo_paint (cr);
  cairo_translate (cr, margin, margin);
  fl_profile_chart_draw (cr, width, height, &fixture->data, &style);
  cairo_destroy (cr);
  cairo_surface_flush (canvas->surface);
  g_object_unref (context);
}

static guint32
pixel (const Canvas *canvas, int x, int y)
{
  const guchar *data = cairo_image_surface_get_data (canvas->surface);
  guint32 value;

  g_assert_true (x >= 0 && x < canvas->width && y >= 0 && y < canvas->height);
  memcpy (&value, data + (gsize) y * cairo_image_surface_get_stride (canvas->surface) + 4 * x, 4);
  return value & 0xffffff;
}

static guint32
colour_of_layer (int layer)
{
  FlChartStyle style = { NULL, 1.0, FALSE, { 0 } };
  GdkRGBA colour;

  fl_chart_style_layer_colour (&style, layer, &colour);
  return (guint32) lroundf (colour.red * 255.0f) << 16
         | (guint32) lroundf (colour.green * 255.0f) << 8
         | (guint32) lroundf (colour.blue * 255.0f);
}

static FlProfileChartLayout *
make_layout (const FlChartFixture *fixture, double width, double height, double scale)
{
  FlChartStyle style;
  PangoContext *context = fl_chart_fixture_style (&style, FALSE, scale);
  FlProfileChartLayout *layout
      = fl_profile_chart_layout_new (width, height, &fixture->data, &style);

  g_object_unref (context);
  return layout;
}

/* The tallest bar of every layer can be seen, however many filters share a pixel. */
static void
check_maxima (const FlChartFixture *fixture, int width, int height, int scale)
{
  g_autoptr (FlProfileChartLayout) layout = make_layout (fixture, width, height, scale);
  Canvas canvas;

  draw (&canvas, fixture, width, height, 0, scale);
  for (int l = 0; l < fixture->catalogue->n_layers; l++)
    {
      int filter = layout->order[fixture->catalogue->first_filter[l]];
      double length = fl_profile_chart_layout_length (layout, fixture->profile->saliency[filter]);
      double x, bar;

      for (int f = fixture->catalogue->first_filter[l]; f < fixture->catalogue->first_filter[l + 1];
           f++)
        g_assert_cmpfloat (fixture->profile->saliency[f], <=, fixture->profile->saliency[filter]);
      fl_profile_chart_layout_locate (layout, filter, &x, &bar);

      int top = (int) lround (layout->bottom * scale - MAX (1.0, round (length * scale)));

      g_assert_cmphex (pixel (&canvas, (int) lround (x * scale), top), ==, colour_of_layer (l));
      g_assert_cmphex (pixel (&canvas, (int) lround (x * scale), top - 1), !=, colour_of_layer (l));
    }
  cairo_surface_destroy (canvas.surface);
}

static void
test_maxima (void)
{
  FlChartFixture fixture;

  fl_chart_fixture_init_small (&fixture, 5);
  check_maxima (&fixture, 900, 260, 1);
  check_maxima (&fixture, 300, 150, 2);
  fl_chart_fixture_clear (&fixture);
  fl_chart_fixture_init_large (&fixture, 6);
  check_maxima (&fixture, 900, 260, 1);
  check_maxima (&fixture, 640, 200, 2);
  fl_chart_fixture_clear (&fixture);
}

static void
test_labels (void)
{
  int n_labels = 0;

  for (guint32 seed = 0; seed < N_RANDOM; seed++)
    {
      FlChartFixture fixture;
      g_autoptr (FlRandom) random = fl_random_new (1000 + seed);
      int width = 60 + (int) fl_random_below (random, 1600);

      fl_chart_fixture_init_random (&fixture, 120, seed);

      g_autoptr (FlProfileChartLayout) layout = make_layout (&fixture, width, 260.0, 1.0);
      double end[2] = { 0.0, 0.0 };

      for (guint i = 0; i < layout->labels->len; i++)
        {
          const FlLayerLabel *label = layout->labels->pdata[i];
          int last = label->last_layer;

          g_assert_true (label->row == 0 || label->row == 1);
          g_assert_cmpfloat (label->width, >, 0.0);
          g_assert_cmpfloat (label->x + TEXT_ROUNDING, >=, end[label->row]);
          g_assert_cmpfloat (label->x + TEXT_ROUNDING, >=, layout->layer_x[label->first_layer]);
          end[label->row] = label->x + label->width;
          g_assert_cmpfloat (end[label->row], <=, width + TEXT_ROUNDING);
          if (last + 1 < fixture.catalogue->n_layers)
            g_assert_cmpfloat (end[label->row], <=, layout->layer_x[last + 1] + TEXT_ROUNDING);
          n_labels++;
        }
      fl_chart_fixture_clear (&fixture);
    }
  /* Leaving all of them out would pass the rest. */
  g_assert_cmpint (n_labels, >, N_RANDOM);
}

static void
test_label_words (void)
{
  FlChartFixture fixture;

  fl_chart_fixture_init_small (&fixture, 1);

  g_autoptr (FlProfileChartLayout) layout = make_layout (&fixture, 1200.0, 260.0, 1.0);
  GString *words = g_string_new (NULL);

  for (guint i = 0; i < layout->labels->len; i++)
    {
      const FlLayerLabel *label = layout->labels->pdata[i];

      g_string_append_printf (words, "%d%s ", label->row, label->text);
    }
  g_assert_cmpstr (words->str, ==,
                   "0stem 0conv1 0conv2 0conv1 0conv2 0shortcut 0conv1 0conv2 0shortcut "
                   "1stage1 1stage2 1stage3 ");
  g_string_free (words, TRUE);
  fl_chart_fixture_clear (&fixture);
}

/* Neighbours that begin alike are shortened in front; those too narrow for that get one name. */
static void
test_label_neighbours (void)
{
  static const char *const names[]
      = { "Conv2d_1a_3x3", "Conv2d_2a_3x3", "Conv2d_2b_3x3", "Mixed_5b.a.c", "Mixed_5b.b.c",
          "Mixed_5c.a.c",  "Mixed_5c.b.c",  "Mixed_5d.a.c",  "Mixed_5d.b.c" };
  static const double x[] = { 0.0, 25.0, 50.0, 75.0, 97.0, 119.0, 141.0, 163.0, 185.0 };
  static const double width[] = { 20.0, 20.0, 20.0, 20.0, 20.0, 20.0, 20.0, 20.0, 20.0 };
  FlChartStyle style;
  PangoContext *context = fl_chart_fixture_style (&style, FALSE, 1.0);
  int n_rows;
  GPtrArray *labels = fl_layer_labels_new (G_N_ELEMENTS (names), names, x, width, &style, &n_rows);
  const char *const ends[] = { "Conv2d", "5b", "5c", "5d" };

  g_assert_cmpint (n_rows, ==, 1);
  g_assert_cmpint ((int) labels->len, ==, G_N_ELEMENTS (ends));
  for (guint i = 0; i < labels->len; i++)
    g_assert_true (g_str_has_suffix (((FlLayerLabel *) labels->pdata[i])->text, ends[i]));
  g_ptr_array_unref (labels);
  g_object_unref (context);
}

static void
test_nothing_outside (void)
{
  const int margin = 12, scale = 1;

  for (guint32 seed = 0; seed < 20; seed++)
    {
      FlChartFixture fixture;
      Canvas canvas;
      g_autoptr (FlRandom) random = fl_random_new (seed);
      int width = 1 + (int) fl_random_below (random, 500);
      int height = 1 + (int) fl_random_below (random, 300);

      fl_chart_fixture_init_random (&fixture, 60, seed);
      draw (&canvas, &fixture, width, height, margin, scale);
      for (int y = 0; y < canvas.height; y++)
        for (int x = 0; x < canvas.width; x++)
          if (x < margin || y < margin || x >= width + margin || y >= height + margin)
            g_assert_cmphex (pixel (&canvas, x, y), ==, 0xffffff);
      cairo_surface_destroy (canvas.surface);
      fl_chart_fixture_clear (&fixture);
    }
}

static gboolean
same_pixels (const Canvas *a, const Canvas *b, int left, int right)
{
  for (int y = 0; y < a->height; y++)
    for (int x = left; x < right; x++)
      if (pixel (a, x, y) != pixel (b, x, y))
        return FALSE;
  return TRUE;
}

static void
test_same_twice (void)
{
  FlChartFixture fixture;
  Canvas a, b;

  fl_chart_fixture_init_large (&fixture, 7);
  draw (&a, &fixture, 700, 220, 0, 1);
  draw (&b, &fixture, 700, 220, 0, 1);
  g_assert_true (same_pixels (&a, &b, 0, a.width));
  cairo_surface_destroy (a.surface);
  cairo_surface_destroy (b.surface);
  fl_chart_fixture_clear (&fixture);
}

/* Switching a filter off changes its bar, and nothing else. */
static void
test_off (void)
{
  FlChartFixture fixture;
  Canvas on, off;
  double x, width;

  fl_chart_fixture_init_small (&fixture, 8);

  g_autoptr (FlProfileChartLayout) layout = make_layout (&fixture, 900.0, 260.0, 1.0);
  int filter = fixture.profile->order[3];

  fl_profile_chart_layout_locate (layout, filter, &x, &width);
  draw (&on, &fixture, 900, 260, 0, 1);
  fixture.off[filter] = 1;
  draw (&off, &fixture, 900, 260, 0, 1);
  g_assert_true (same_pixels (&on, &off, 0, (int) x));
  g_assert_false (same_pixels (&on, &off, (int) x, (int) (x + width)));
  g_assert_true (same_pixels (&on, &off, (int) (x + width), 900));
  cairo_surface_destroy (on.surface);
  cairo_surface_destroy (off.surface);
  fl_chart_fixture_clear (&fixture);
}

/* Every device pixel of a column finds its most salient filter, every filter stands in its column,
 * and the columns of a layer cover it without gap or overlap. */
static void
check_find (const FlChartFixture *fixture, const FlProfileChartLayout *layout)
{
  const FlFilterCatalogue *catalogue = fixture->catalogue;
  double middle = (layout->top + layout->bottom) / 2.0;

  for (int l = 0; l < catalogue->n_layers; l++)
    {
      double end = layout->layer_x[l];
      int next = catalogue->first_filter[l];
      int n_columns = fl_profile_chart_layout_n_columns (layout, l);

      for (int c = 0; c < n_columns; c++)
        {
          int first, last;
          double x, width;

          fl_profile_chart_layout_column (layout, l, c, &first, &last, &x, &width);
          g_assert_cmpfloat (fabs (x - end), <, 1e-9);
          g_assert_cmpint (first, ==, next);
          g_assert_cmpint (last, >=, first);
          for (double p = x + 0.5 / layout->scale; p < x + width; p += 1.0 / layout->scale)
            g_assert_cmpint (fl_profile_chart_layout_find (layout, p, middle), ==,
                             fl_profile_chart_layout_tallest (layout, first, last, NULL));
          for (int i = first; i <= last; i++)
            {
              double filter_x, filter_width;

              g_assert_cmpint (layout->position[layout->order[i]], ==, i);
              fl_profile_chart_layout_locate (layout, layout->order[i], &filter_x, &filter_width);
              g_assert_cmpfloat (filter_x, ==, x);
              g_assert_cmpfloat (filter_width, ==, width);
            }
          end = x + width;
          next = last + 1;
        }
      g_assert_true (n_columns == 0 || (l >= layout->first_layer && l < layout->end_layer));
      if (n_columns > 0)
        {
          g_assert_cmpint (next, ==, catalogue->first_filter[l + 1]);
          g_assert_cmpfloat (fabs (layout->layer_x[l] + layout->layer_width[l] - end), <, 1e-9);
        }
    }
  g_assert_cmpint (fl_profile_chart_layout_find (layout, layout->left - 1.0, middle), ==, -1);
  g_assert_cmpint (fl_profile_chart_layout_find (layout, layout->right + 1.0, middle), ==, -1);
  g_assert_cmpint (fl_profile_chart_layout_find (layout, layout->left, -1.0), ==, -1);
}

static void
test_find (void)
{
  static const double scales[] = { 1.0, 2.0, 3.0 };

  for (guint32 seed = 0; seed < 30; seed++)
    {
      FlChartFixture fixture;
      g_autoptr (FlRandom) random = fl_random_new (2000 + seed);
      double width = 120.0 + fl_random_below (random, 1400);

      fl_chart_fixture_init_random (&fixture, 60, seed);
      fixture.data.order = seed % 2 == 0 ? FL_PROFILE_CHART_SORTED : FL_PROFILE_CHART_FILTER_ORDER;
      if (seed % 4 >= 2)
        {
          int n_layers = fixture.catalogue->n_layers;

          fixture.data.first_layer = (int) fl_random_below (random, n_layers);
          fixture.data.n_layers
              = 1 + (int) fl_random_below (random, n_layers - fixture.data.first_layer);
        }

      g_autoptr (FlProfileChartLayout) layout
          = make_layout (&fixture, width, 240.0, scales[seed % G_N_ELEMENTS (scales)]);

      check_find (&fixture, layout);
      fl_chart_fixture_clear (&fixture);
    }
}

/* In filter order a column shows the tallest of its filters, wherever it stands in it. */
static void
test_filter_order (void)
{
  FlChartFixture fixture;
  gboolean shared = FALSE;

  fl_chart_fixture_init_large (&fixture, 6);
  fixture.data.order = FL_PROFILE_CHART_FILTER_ORDER;

  g_autoptr (FlProfileChartLayout) layout = make_layout (&fixture, 900.0, 260.0, 1.0);
  int n_layers = fixture.catalogue->n_layers;
  Canvas canvas;

  draw (&canvas, &fixture, 900, 260, 0, 1);
  for (int i = 0; i < fixture.catalogue->n_filters; i++)
    g_assert_cmpint (layout->order[i], ==, i);
  for (int c = 0; c < fl_profile_chart_layout_n_columns (layout, n_layers - 1); c++)
    {
      int first, last;
      double x, width, largest = 0.0;

      fl_profile_chart_layout_column (layout, n_layers - 1, c, &first, &last, &x, &width);
      for (int i = first; i <= last; i++)
        largest = MAX (largest, fixture.profile->saliency[i]);
      shared |= last > first && fixture.profile->saliency[first] < largest;

      double length = MAX (1.0, round (fl_profile_chart_layout_length (layout, largest)));
      int top = (int) lround (layout->bottom - length);

      g_assert_cmphex (pixel (&canvas, (int) x, top), ==, colour_of_layer (n_layers - 1));
      g_assert_cmphex (pixel (&canvas, (int) x, top - 1), !=, colour_of_layer (n_layers - 1));
    }
  g_assert_true (shared);
  cairo_surface_destroy (canvas.surface);
  fl_chart_fixture_clear (&fixture);
}

/* A range of layers takes the whole width, and an axis of its own. */
static void
test_range (void)
{
  FlChartFixture fixture;
  double largest = 0.0;
  int first, last;

  fl_chart_fixture_init_small (&fixture, 5);
  fixture.data.first_layer = 6;
  fixture.data.n_layers = 1;

  g_autoptr (FlProfileChartLayout) layout = make_layout (&fixture, 900.0, 260.0, 1.0);
  const int *begin = fixture.catalogue->first_filter;

  for (int f = begin[6]; f < begin[7]; f++)
    largest = MAX (largest, fixture.profile->saliency[f]);
  g_assert_cmpfloat (layout->layer_x[6], ==, layout->left);
  g_assert_cmpfloat (layout->layer_x[6] + layout->layer_width[6], ==, layout->right);
  g_assert_cmpfloat (layout->ticks.maximum, >=, largest);
  g_assert_cmpfloat (layout->ticks.maximum, <=, 1.2 * largest);
  g_assert_true (
      fl_profile_chart_layout_find_name (layout, 400.0, layout->label_top + 1.0, &first, &last));
  g_assert_cmpint (first, ==, 6);
  g_assert_cmpint (last, ==, 6);
  g_assert_false (
      fl_profile_chart_layout_find_name (layout, 400.0, layout->label_top - 1.0, &first, &last));
  /* From a single layer the keys walk on to its neighbours. */
  g_assert_cmpint (fl_profile_chart_layout_move (layout, -1, GDK_KEY_Right), ==,
                   layout->order[begin[6]]);
  g_assert_cmpint (
      fl_profile_chart_layout_move (layout, layout->order[begin[7] - 1], GDK_KEY_Right), ==,
      layout->order[begin[7]]);
  g_assert_cmpint (fl_profile_chart_layout_move (layout, layout->order[begin[6]], GDK_KEY_End), ==,
                   layout->order[begin[7] - 1]);
  fixture.data.n_layers = 2;

  g_autoptr (FlProfileChartLayout) two = make_layout (&fixture, 900.0, 260.0, 1.0);
  int end = two->order[begin[8] - 1];

  g_assert_cmpint (fl_profile_chart_layout_move (two, end, GDK_KEY_Right), ==, end);
  g_assert_cmpint (fl_profile_chart_layout_move (two, end, GDK_KEY_Page_Up), ==,
                   two->order[begin[6]]);
  g_assert_cmpint (fl_profile_chart_layout_move (two, end, GDK_KEY_space), ==, -1);
  fl_chart_fixture_clear (&fixture);
}

/* On a logarithmic axis equal ratios are equal lengths, and what lies below it has none. */
static void
test_logarithmic (void)
{
  g_autoptr (FlRandom) random = fl_random_new (11);

  for (int i = 0; i < 2000; i++)
    {
      double largest = pow (10.0, 60.0 * fl_random_uniform (random) - 45.0);
      double smallest = largest * pow (10.0, -9.0 * fl_random_uniform (random));
      int most = 1 + (int) fl_random_below (random, 10);
      FlAxisTicks ticks;

      if (i % 50 == 0)
        smallest = largest = pow (10.0, i % 7 - 3);
      fl_axis_ticks_init_logarithmic (&ticks, smallest, largest, most);
      g_assert_cmpfloat (ticks.maximum, >, largest);
      g_assert_cmpfloat (ticks.minimum, <, largest);
      g_assert_cmpfloat (ticks.minimum, >=, 0.99 * pow (10.0, -FL_AXIS_MOST_POWERS - 1) * largest);
      if (ticks.minimum > smallest)
        g_assert_cmpfloat (largest / ticks.minimum, >=, 0.99 * pow (10.0, FL_AXIS_MOST_POWERS));
      g_assert_cmpint (ticks.n_ticks, >=, 0);
      g_assert_cmpint (ticks.n_ticks, <=, most);
      g_assert_cmpfloat (fl_axis_ticks_fraction (&ticks, 0.0), ==, 0.0);
      g_assert_cmpfloat (fl_axis_ticks_fraction (&ticks, ticks.minimum / 2.0), ==, 0.0);
      g_assert_cmpfloat (fl_axis_ticks_fraction (&ticks, ticks.maximum), ==, 1.0);
      g_assert_cmpfloat (
          fabs (fl_axis_ticks_fraction (&ticks, sqrt (ticks.minimum) * sqrt (ticks.maximum)) - 0.5),
          <, 1e-9);
      for (int t = 0; t <= ticks.n_ticks; t++)
        {
          g_autofree char *text = fl_axis_ticks_text (&ticks, t);
          double value = fl_axis_ticks_value (&ticks, t);

          g_assert_cmpfloat (fabs (g_strtod (text, NULL) / value - 1.0), <, 1e-9);
          g_assert_cmpfloat (value, <=, ticks.maximum * (1.0 + 1e-12));
          g_assert_cmpint ((int) strlen (text), <=, 7);
          g_assert_true (t == 0 || value > fl_axis_ticks_value (&ticks, t - 1));
        }
    }
}

/* Zeros on a logarithmic axis are counted, and drawn nowhere but at its beginning. */
static void
test_floor (void)
{
  const char *const names[] = { "only" };
  const int three[] = { 3 };
  const double values[] = { 2.0, 0.0, 1e-12 };
  FlChartFixture fixture = { 0 };

  fixture.catalogue = fl_filter_catalogue_new (1, names, three);
  fixture.profile = fl_profile_new (3, values, 0, 0.0);
  fixture.off = g_new0 (guint8, 3);
  fixture.data = (FlProfileChartData){ .filters = fixture.catalogue, .profile = fixture.profile };
  fixture.data.axis = FL_AXIS_LOGARITHMIC;

  g_autoptr (FlProfileChartLayout) layout = make_layout (&fixture, 300.0, 200.0, 1.0);

  g_assert_cmpint (layout->n_floored, ==, 2);
  g_assert_cmpfloat (fl_profile_chart_layout_length (layout, 0.0), ==, 0.0);
  g_assert_cmpfloat (fl_profile_chart_layout_length (layout, 1e-12), ==, 0.0);
  g_assert_cmpfloat (fl_profile_chart_layout_length (layout, 2.0), >, 50.0);
  fl_chart_fixture_clear (&fixture);
}

/* Nothing to divide by: no saliency at all, one filter, a chart of one pixel. */
static void
test_degenerate (void)
{
  const char *const names[] = { "only" };
  const int one[] = { 1 };
  const double zero[] = { 0.0 };
  FlChartFixture fixture = { 0 };
  Canvas canvas;

  fixture.catalogue = fl_filter_catalogue_new (1, names, one);
  fixture.profile = fl_profile_new (1, zero, 0, 0.0);
  fixture.off = g_new0 (guint8, 1);
  fixture.data = (FlProfileChartData){ fixture.catalogue, fixture.profile, NULL, NULL };
  for (int side = 1; side < 80; side += 13)
    {
      draw (&canvas, &fixture, side, side, 0, 1);
      cairo_surface_destroy (canvas.surface);
    }
  fl_chart_fixture_clear (&fixture);
}

static void
test_ticks (void)
{
  g_autoptr (FlRandom) random = fl_random_new (9);

  for (int i = 0; i < 2000; i++)
    {
      double largest = pow (10.0, 60.0 * fl_random_uniform (random) - 45.0);
      int most = 1 + (int) fl_random_below (random, 10);
      g_autofree char *before = g_strdup ("");
      FlAxisTicks ticks;

      fl_axis_ticks_init (&ticks, largest, most);
      g_assert_cmpfloat (ticks.maximum, >=, largest);
      g_assert_cmpfloat (ticks.maximum, <=, 1.2 * largest);
      g_assert_cmpint (ticks.n_ticks, >=, 1);
      g_assert_cmpint (ticks.n_ticks, <=, most);
      g_assert_cmpfloat (ticks.n_ticks * ticks.step, <=, ticks.maximum * (1.0 + 1e-12));
      for (int t = 0; t <= ticks.n_ticks; t++)
        {
          char *text = fl_axis_ticks_text (&ticks, t);
          double shown = g_strtod (text, NULL) * pow (10.0, ticks.exponent);

          /* What is written is the tick itself, not a rounded one. */
          g_assert_cmpfloat (fabs (shown - t * ticks.step), <=, 1e-9 * ticks.maximum);
          g_assert_cmpstr (text, !=, before);
          g_assert_cmpint ((int) strlen (text), <=, 7);
          g_free (before);
          before = text;
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui/profile-chart/maxima", test_maxima);
  g_test_add_func ("/ui/profile-chart/labels-do-not-touch", test_labels);
  g_test_add_func ("/ui/profile-chart/label-words", test_label_words);
  g_test_add_func ("/ui/profile-chart/label-neighbours", test_label_neighbours);
  g_test_add_func ("/ui/profile-chart/nothing-outside", test_nothing_outside);
  g_test_add_func ("/ui/profile-chart/same-twice", test_same_twice);
  g_test_add_func ("/ui/profile-chart/off", test_off);
  g_test_add_func ("/ui/profile-chart/find", test_find);
  g_test_add_func ("/ui/profile-chart/filter-order", test_filter_order);
  g_test_add_func ("/ui/profile-chart/range", test_range);
  g_test_add_func ("/ui/profile-chart/logarithmic", test_logarithmic);
  g_test_add_func ("/ui/profile-chart/floor", test_floor);
  g_test_add_func ("/ui/profile-chart/degenerate", test_degenerate);
  g_test_add_func ("/ui/profile-chart/ticks", test_ticks);
  return g_test_run ();
}
