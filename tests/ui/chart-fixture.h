#pragma once

#include "ui/profile-chart-drawing.h"

/* Made-up networks for tests and timings of charts. */

/* @seed: of the random saliencies. Layer l has n_filters[l] filters. */
typedef struct
{
  FlFilterCatalogue *catalogue;
  FlProfile *profile;
  guint8 *off;
  FlProfileChartData data;
} FlChartFixture;

/* The layers of the bundled network: 336 filters in 9 layers. */
void fl_chart_fixture_init_small (FlChartFixture *fixture, guint32 seed);

/* The layers of torchvision's ResNet-50: 26,560 filters in 53 layers. */
void fl_chart_fixture_init_large (FlChartFixture *fixture, guint32 seed);

/* Between 1 and @most_layers layers of random names and sizes. */
void fl_chart_fixture_init_random (FlChartFixture *fixture, int most_layers, guint32 seed);

void fl_chart_fixture_clear (FlChartFixture *fixture);

/* A style that needs no display; free the context with g_object_unref(). */
PangoContext *fl_chart_fixture_style (FlChartStyle *style, gboolean dark, double scale);
