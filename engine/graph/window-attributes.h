#pragma once

#include "engine/graph/operator-record.h"

/* One axis of a sliding window, as convolutions and poolings have it. */
typedef struct
{
  int in;
  int out;
  int kernel;
  int stride;
  int dilation;
  int pad_begin;
  int pad_end;
} FlWindowAxis;

/**
 * fl_window_axes:
 * @request: of an operator whose input 0 has rank 4
 * @kernel: sizes of the window along height and width
 * @axes: (out caller-allocates) (array length=2): height, width
 *
 * Reads strides, dilations, pads, auto_pad and ceil_mode, and computes the output sizes.
 */
gboolean fl_window_axes (const FlOperatorRequest *request, const gint64 *kernel, FlWindowAxis *axes,
                         GError **error);
