#pragma once

#include "engine/saliency/profile.h"
#include "ui/axis-ticks.h"
#include "ui/chart-style.h"
#include "ui/filter-catalogue.h"

/**
 * FlProfileChartData:
 * @filters: the network's layers and filters
 * @profile: a value for each filter
 * @off: (nullable) (array length=n_filters): 1 for filters that are switched off
 * @quantity: what the axis shows, with its unit
 *
 * What a profile chart shows. All fields are borrowed.
 */
typedef struct
{
  const FlFilterCatalogue *filters;
  const FlProfile *profile;
  const guint8 *off;
  const char *quantity;
} FlProfileChartData;

/**
 * FlProfileChartLayout:
 * @left: of the plot
 * @top: likewise
 * @right: likewise
 * @bottom: likewise: the base line of the bars
 * @order: (array length=n_filters): filters from left to right: layers in network order, inside a
 * layer the most salient first
 * @position: (array length=n_filters): where each filter stands in @order
 * @layer_x: (array length=n_layers): left edges, on device pixels
 * @layer_width: (array length=n_layers): a whole number of device pixels
 * @labels: (element-type FlLayerLabel): names of layers and groups
 * @label_top: upper edge of the first row of names
 * @label_height: height of a row of names
 *
 * Where everything in a profile chart is. Layers get a fixed width and a share by their number of
 * filters, so that a layer of a few filters can still be pointed at. A layer with more filters than
 * device pixels has columns of one pixel that each hold several filters.
 */
typedef struct
{
  FlFilterCatalogue *filters;
  double scale;
  double width;
  double height;
  double left;
  double top;
  double right;
  double bottom;
  FlAxisTicks ticks;
  int *order;
  int *position;
  double *layer_x;
  double *layer_width;
  GPtrArray *labels;
  double label_top;
  double label_height;
} FlProfileChartLayout;

FlProfileChartLayout *
fl_profile_chart_layout_new (double width, double height, const FlProfileChartData *data,
                             const FlChartStyle *style);
void fl_profile_chart_layout_free (FlProfileChartLayout *layout);

/* Number of columns of layer @layer: its filters, or its device pixels where these are fewer. */
int fl_profile_chart_layout_n_columns (const FlProfileChartLayout *layout, int layer);

/**
 * fl_profile_chart_layout_column:
 * @first: (out): index in `order` of the first filter of the column, its most salient one
 * @last: (out): of the last
 * @x: (out): left edge, on a device pixel
 * @width: (out): at least one device pixel
 */
void fl_profile_chart_layout_column (const FlProfileChartLayout *layout, int layer, int column,
                                     int *first, int *last, double *x, double *width);

/**
 * fl_profile_chart_layout_find:
 *
 * Returns: the filter at a point: anywhere in its column, from the top of the plot to the names; of
 *   several the most salient; -1 between layers and outside
 */
int fl_profile_chart_layout_find (const FlProfileChartLayout *layout, double x, double y);

/* The column that holds a filter. */
void fl_profile_chart_layout_locate (const FlProfileChartLayout *layout, int filter, double *x,
                                     double *width);

/* Height of a value's bar. */
double fl_profile_chart_layout_length (const FlProfileChartLayout *layout, double value);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlProfileChartLayout, fl_profile_chart_layout_free)
