#pragma once

#include "ui/chart-style.h"

/**
 * FlLayerLabel:
 * @text: what to write, shortened where there was no room for all of it
 * @x: left edge of the text's box
 * @width: of the box, at most the width of the layers it stands for
 * @row: 0 for a layer, 1 for a group of layers
 * @first_layer: what it stands for
 * @last_layer: likewise
 */
typedef struct
{
  char *text;
  double x;
  double width;
  int row;
  int first_layer;
  int last_layer;
} FlLayerLabel;

/**
 * fl_layer_labels_new:
 * @names: (array length=n_layers)
 * @x: (array length=n_layers): left edges, ascending
 * @width: (array length=n_layers)
 * @style: for measuring text
 * @n_rows: (out): 0, 1 or 2
 *
 * Names under layers that stand side by side. What all names begin with is left out; neighbours
 * that share their next part ("stage1" of "stage1.conv1" and "stage1.conv2") share a label in a
 * second row. Where most layers are too narrow for a name only the groups are named; neighbours too
 * narrow for that share what their names begin with. A name is shortened so that it differs from
 * those beside it, or left out. No two boxes of a row touch.
 *
 * Returns: (transfer full) (element-type FlLayerLabel): labels, from left to right in each row
 */
GPtrArray *fl_layer_labels_new (int n_layers, const char *const *names, const double *x,
                                const double *width, const FlChartStyle *style, int *n_rows);
