#include "ui/profile-chart-layout.h"

#include "ui/layer-labels.h"

#include <math.h>

#define WIDEST_GAP 8.0
/* Share of the width that may go to gaps, and to the fixed part of the layers' widths. */
#define GAP_SHARE 0.12
#define FIXED_SHARE 0.35
#define FIXED_WIDTH 14.0
#define MARGIN 6.0
#define TICK_LENGTH 4.0
#define TICK_DISTANCE 34.0

static void
text_size (const FlChartStyle *style, const char *text, double *width, double *height)
{
  g_autoptr (PangoLayout) layout = fl_chart_style_small_text (style, text, FALSE);
  PangoRectangle box;

  pango_layout_get_extents (layout, NULL, &box);
  if (width != NULL)
    *width = (double) box.width / PANGO_SCALE;
  if (height != NULL)
    *height = (double) box.height / PANGO_SCALE;
}

static double
snap (const FlProfileChartLayout *layout, double x)
{
  return round (x * layout->scale) / layout->scale;
}

static int
device_width (const FlProfileChartLayout *layout, int layer)
{
  return (int) lround (layout->layer_width[layer] * layout->scale);
}

static int
n_filters_of (const FlProfileChartLayout *layout, int layer)
{
  return layout->filters->first_filter[layer + 1] - layout->filters->first_filter[layer];
}

/* The profile's order is by saliency already: dealing it out to the layers sorts each of them. */
static void
sort_filters (FlProfileChartLayout *layout, const FlProfile *profile)
{
  const FlFilterCatalogue *filters = layout->filters;
  g_autofree int *next = g_memdup2 (filters->first_filter, (filters->n_layers + 1) * sizeof (int));

  for (int i = 0; i < filters->n_filters; i++)
    {
      int filter = profile->order[i];
      int place = next[filters->layer[filter]]++;

      layout->order[place] = filter;
      layout->position[filter] = place;
    }
}

static void
place_layers (FlProfileChartLayout *layout)
{
  const FlFilterCatalogue *filters = layout->filters;
  int n = filters->n_layers;
  double width = MAX (layout->right - layout->left, 0.0);
  double gap = n > 1 ? CLAMP (GAP_SHARE * width / (n - 1), 0.0, WIDEST_GAP) : 0.0;

  gap = gap >= 1.0 ? floor (gap) : 0.0;

  double room = width - gap * MAX (n - 1, 0);
  double fixed = n > 0 ? MIN (FIXED_WIDTH, FIXED_SHARE * room / n) : 0.0;
  double share = filters->n_filters > 0 ? (room - fixed * n) / filters->n_filters : 0.0;
  double x = layout->left;

  for (int l = 0; l < n; l++)
    {
      double end = x + fixed + share * n_filters_of (layout, l);

      layout->layer_x[l] = snap (layout, x);
      layout->layer_width[l] = snap (layout, end) - layout->layer_x[l];
      x = end + gap;
    }
}

FlProfileChartLayout *
fl_profile_chart_layout_new (double width, double height, const FlProfileChartData *data,
                             const FlChartStyle *style)
{
  g_return_val_if_fail (data->filters->n_filters == data->profile->n_filters, NULL);

  FlProfileChartLayout *layout = g_new0 (FlProfileChartLayout, 1);
  const FlFilterCatalogue *filters = data->filters;
  const FlProfile *profile = data->profile;
  double text_height;

  text_size (style, "0123456789", NULL, &text_height);
  layout->filters = fl_filter_catalogue_ref ((FlFilterCatalogue *) filters);
  layout->scale = style->scale;
  layout->width = width;
  layout->height = height;
  layout->order = g_new0 (int, filters->n_filters + 1);
  layout->position = g_new0 (int, filters->n_filters + 1);
  layout->layer_x = g_new0 (double, filters->n_layers + 1);
  layout->layer_width = g_new0 (double, filters->n_layers + 1);
  layout->label_height = ceil (text_height) + 2.0;
  sort_filters (layout, profile);

  /* Across, assuming two rows of names for the number of ticks; then the rows that there are. */
  double guess = height - 3.0 * layout->label_height - 2.0 * MARGIN;
  double widest = 0.0;

  fl_axis_ticks_init (&layout->ticks,
                      filters->n_filters > 0 ? profile->saliency[profile->order[0]] : 0.0,
                      MAX (1, (int) (guess / TICK_DISTANCE)));
  for (int i = 0; i <= layout->ticks.n_ticks; i++)
    {
      g_autofree char *text = fl_axis_ticks_text (&layout->ticks, i);
      double tick_width;

      text_size (style, text, &tick_width, NULL);
      widest = MAX (widest, tick_width);
    }
  layout->left = snap (layout, MIN (ceil (widest) + MARGIN + TICK_LENGTH, width));
  layout->right = MAX (snap (layout, width - 2.0), layout->left);
  place_layers (layout);

  int n_rows;

  layout->labels
      = fl_layer_labels_new (filters->n_layers, (const char *const *) filters->layer_names,
                             layout->layer_x, layout->layer_width, style, &n_rows);
  layout->top = snap (layout, MIN (layout->label_height + MARGIN, height));
  layout->bottom = snap (layout, height - n_rows * layout->label_height - MARGIN);
  layout->bottom = MAX (layout->bottom, layout->top);
  layout->label_top = layout->bottom + MARGIN - 1.0;
  return layout;
}

void
fl_profile_chart_layout_free (FlProfileChartLayout *layout)
{
  fl_filter_catalogue_unref (layout->filters);
  g_free (layout->order);
  g_free (layout->position);
  g_free (layout->layer_x);
  g_free (layout->layer_width);
  g_ptr_array_unref (layout->labels);
  g_free (layout);
}

int
fl_profile_chart_layout_n_columns (const FlProfileChartLayout *layout, int layer)
{
  return MIN (n_filters_of (layout, layer), device_width (layout, layer));
}

/* Device pixel p of a layer of n filters and w pixels shows the filters floor (p n / w) up to, but
 * not including, floor ((p + 1) n / w); with fewer filters than pixels filter i begins at the first
 * pixel p with floor (p n / w) = i. All in whole numbers, so that finding is exactly the inverse of
 * drawing. */
void
fl_profile_chart_layout_column (const FlProfileChartLayout *layout, int layer, int column,
                                int *first, int *last, double *x, double *width)
{
  gint64 n = n_filters_of (layout, layer);
  gint64 w = device_width (layout, layer);
  int base = layout->filters->first_filter[layer];
  gint64 begin = column, end = column + 1;

  g_return_if_fail (column >= 0 && column < MIN (n, w));

  if (n <= w)
    {
      *first = *last = base + column;
      begin = (column * w + n - 1) / n;
      end = ((column + 1) * w + n - 1) / n;
    }
  else
    {
      *first = base + (int) (begin * n / w);
      *last = base + (int) (end * n / w) - 1;
    }
  *x = layout->layer_x[layer] + (double) begin / layout->scale;
  *width = (double) (end - begin) / layout->scale;
}

int
fl_profile_chart_layout_find (const FlProfileChartLayout *layout, double x, double y)
{
  if (y < layout->top || y >= layout->label_top)
    return -1;
  for (int l = 0; l < layout->filters->n_layers; l++)
    {
      gint64 w = device_width (layout, l);
      gint64 pixel = (gint64) floor ((x - layout->layer_x[l]) * layout->scale);

      if (pixel >= 0 && pixel < w)
        return layout
            ->order[layout->filters->first_filter[l] + pixel * n_filters_of (layout, l) / w];
    }
  return -1;
}

void
fl_profile_chart_layout_locate (const FlProfileChartLayout *layout, int filter, double *x,
                                double *width)
{
  int layer = layout->filters->layer[filter];
  gint64 n = n_filters_of (layout, layer);
  gint64 w = device_width (layout, layer);
  gint64 slot = layout->position[filter] - layout->filters->first_filter[layer];
  int first, last;

  if (w == 0)
    {
      *x = layout->layer_x[layer];
      *width = 0.0;
      return;
    }
  fl_profile_chart_layout_column (layout, layer,
                                  (int) (n <= w ? slot : ((slot + 1) * w + n - 1) / n - 1), &first,
                                  &last, x, width);
}

double
fl_profile_chart_layout_length (const FlProfileChartLayout *layout, double value)
{
  double height = layout->bottom - layout->top;

  return CLAMP (value / layout->ticks.maximum * height, 0.0, height);
}
