#pragma once

#include "engine/saliency/profile.h"
#include "ui/axis-ticks.h"
#include "ui/chart-style.h"
#include "ui/filter-catalogue.h"

typedef enum
{
  FL_PROFILE_CHART_SORTED,       /* inside a layer the most salient filter first */
  FL_PROFILE_CHART_FILTER_ORDER, /* inside a layer filter 0 first */
} FlProfileChartOrder;

/**
 * FlProfileChartData:
 * @filters: the network's layers and filters
 * @profile: a value for each filter
 * @off: (nullable) (array length=n_filters): 1 for filters that are switched off
 * @quantity: what the axis shows, with its unit
 * @order: of the filters inside a layer
 * @axis: a logarithmic one shows 0, and what is below its beginning, there
 * @first_layer: the first layer that is shown
 * @n_layers: how many are shown; 0: all
 *
 * What a profile chart shows. All fields are borrowed.
 */
typedef struct
{
  const FlFilterCatalogue *filters;
  const FlProfile *profile;
  const guint8 *off;
  const char *quantity;
  FlProfileChartOrder order;
  FlAxisScale axis;
  int first_layer;
  int n_layers;
} FlProfileChartData;

/**
 * FlProfileChartLayout:
 * @left: of the plot
 * @top: likewise
 * @right: likewise
 * @bottom: likewise: the base line of the bars
 * @first_layer: the first layer that is shown
 * @end_layer: after the last layer that is shown
 * @n_floored: how many of the filters shown lie below a logarithmic axis, or are 0
 * @order: (array length=n_filters): filters from left to right: layers in network order, inside a
 * layer in the order asked for; of layers that are not shown, too
 * @position: (array length=n_filters): where each filter stands in @order
 * @layer_x: (array length=n_layers): left edges, on device pixels
 * @layer_width: (array length=n_layers): a whole number of device pixels; 0 for those that are not
 * shown
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
  FlProfile *profile;
  int first_layer;
  int end_layer;
  int n_floored;
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
 * @first: (out): index in `order` of the first filter of the column
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

/**
 * fl_profile_chart_layout_tallest:
 * @off: (nullable): flags; filters that are off do not count
 *
 * Returns: the most salient of the filters from index @first to @last of `order`; -1 where there is
 *   none
 */
int fl_profile_chart_layout_tallest (const FlProfileChartLayout *layout, int first, int last,
                                     const guint8 *off);

/* The layer above or below which @x lies; between two the one to the left; -1 outside. */
int fl_profile_chart_layout_find_layer (const FlProfileChartLayout *layout, double x);

/**
 * fl_profile_chart_layout_find_name:
 * @first: (out): first layer of the group that is named at a point below the bars, or the layer
 * @last: (out): last layer likewise
 *
 * Returns: whether there is something at that point
 */
gboolean fl_profile_chart_layout_find_name (const FlProfileChartLayout *layout, double x, double y,
                                            int *first, int *last);

/**
 * fl_profile_chart_layout_move:
 * @filter: or -1, where there is none to go from; one that is not shown counts as none
 * @key: a key symbol
 *
 * Where a key leads: Left and Right to the neighbour, Page Up and Page Down to the first filter of
 * the layer before or after, Home and End to the first and the last filter shown. Within a range of
 * layers the keys stay there; from a single layer they walk on to its neighbours.
 *
 * Returns: a filter; -1 for other keys
 */
int fl_profile_chart_layout_move (const FlProfileChartLayout *layout, int filter, guint key);

/* The column that holds a filter; of width 0 where its layer is not shown. */
void fl_profile_chart_layout_locate (const FlProfileChartLayout *layout, int filter, double *x,
                                     double *width);

/* Height of a value's bar. */
double fl_profile_chart_layout_length (const FlProfileChartLayout *layout, double value);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlProfileChartLayout, fl_profile_chart_layout_free)
