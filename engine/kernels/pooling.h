#pragma once

#include <stdbool.h>

#include "engine/core/pool.h"

/**
 * FlPooling:
 *
 * The sizes of a window that slides over one picture, channels-last and dense: the input is
 * [in_height][in_width][channels], the output [out_height][out_width][channels]. Output pixel (y,
 * x) reads input pixels (y * stride_height - pad_top + i * dilation_height, ...), those that lie
 * inside.
 *
 * A mean is divided by the number of those pixels, or with @count_pads by the number of window
 * elements that lie inside the padded input, which ends @pad_bottom and @pad_right after the input.
 */
typedef struct
{
  int channels;
  int in_height, in_width;
  int out_height, out_width;
  int kernel_height, kernel_width;
  int stride_height, stride_width;
  int dilation_height, dilation_width;
  int pad_top, pad_left, pad_bottom, pad_right;
  bool count_pads;
} FlPooling;

/*
 * Of several equal maxima the first in row-major order of the window counts, as in PyTorch. A
 * window that sees no pixel at all gives -infinity.
 */
void fl_max_pool (const FlPooling *pooling, FlPool *pool, const float *x, float *y);
void fl_mean_pool (const FlPooling *pooling, FlPool *pool, const float *x, float *y);

/* Add to dx. */
void fl_max_pool_gradient (const FlPooling *pooling, FlPool *pool, const float *x, const float *dy,
                           float *dx);
void fl_mean_pool_gradient (const FlPooling *pooling, FlPool *pool, const float *dy, float *dx);
