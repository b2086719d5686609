#pragma once

#include "engine/graph/operator-record.h"

/* Copies between a view and its elements in row-major order of the logical shape. */
void fl_view_read (const FlView *view, float *elements);
void fl_view_write (const FlView *view, const float *elements);

/* Sets all elements of a dense view to 0. */
void fl_view_clear (const FlView *view);

/* Sets channel @channel (index along axis 1) to 0. */
void fl_view_clear_channel (const FlView *view, int channel);

/* Strides of a dense view whose axes lie in @order, outermost first. */
void fl_view_set_order (FlView *view, const int *order);
