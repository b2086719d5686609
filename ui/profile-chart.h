#pragma once

#include <gtk/gtk.h>

#include "engine/saliency/profile.h"
#include "ui/filter-catalogue.h"
#include "ui/profile-chart-layout.h"

#define FL_TYPE_PROFILE_CHART (fl_profile_chart_get_type ())
G_DECLARE_FINAL_TYPE (FlProfileChart, fl_profile_chart, FL, PROFILE_CHART, GtkWidget)

/**
 * FlProfileChart:
 *
 * The saliency of every filter of a network, as bars.
 *
 * Signals:
 * - "filter-hovered" (int filter): what the pointer is over; -1 where it left
 * - "filter-selected" (int filter): the user chose a filter, by pointer or keyboard
 * - "filter-toggled" (int filter): the user asks to switch a filter off or on
 * - "range-changed": other layers are shown
 *
 * A click toggles the filter of the bar and selects it; of several filters in a column of pixels
 * the most salient. Left and Right select the neighbour, Page Up and Page Down the first filter of
 * the layer before or after, Home and End the first and the last filter shown; Space and Enter
 * toggle.
 *
 * Dragging over layers shows these alone, as does a double click on the name of a layer or a group;
 * plus shows the layer of the selected filter, minus and Escape the whole network again. What
 * is newly selected is always shown: a single layer gives way to that of the filter, a range of
 * layers to the whole network.
 *
 * # CSS nodes
 * One node named `profilechart`.
 *
 * # Accessibility
 * Role group; the description tells the selected filter and its value. The action `chart.toggle`
 * switches it.
 */
GtkWidget *fl_profile_chart_new (void);

/**
 * fl_profile_chart_set_data:
 * @catalogue: (nullable): the network's filters; %NULL: nothing to show
 * @profile: (nullable): of that network
 *
 * References are kept. All filters are on until fl_profile_chart_set_off().
 */
void
fl_profile_chart_set_data (FlProfileChart *chart, FlFilterCatalogue *catalogue, FlProfile *profile);

/* @off: (array length=n_filters): 1 where a filter is off; copied. */
void fl_profile_chart_set_off (FlProfileChart *chart, const guint8 *off);

/* Marks a filter, -1 for none; of the signals only "range-changed" may follow. */
void fl_profile_chart_set_selected (FlProfileChart *chart, int filter);

void fl_profile_chart_set_order (FlProfileChart *chart, FlProfileChartOrder order);
void fl_profile_chart_set_axis (FlProfileChart *chart, FlAxisScale axis);

/* Shows @n_layers layers from @first_layer on; 0, or all of them, for the whole network. */
void fl_profile_chart_set_range (FlProfileChart *chart, int first_layer, int n_layers);

/* Both 0 for the whole network. */
void fl_profile_chart_get_range (FlProfileChart *chart, int *first_layer, int *n_layers);

/* What is shown, borrowed by @data until the chart changes; %FALSE where it is empty. */
gboolean fl_profile_chart_get_data (FlProfileChart *chart, FlProfileChartData *data);
