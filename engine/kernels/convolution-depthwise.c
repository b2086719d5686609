#include "engine/kernels/convolution-kernels.h"

#include <math.h>
#include <string.h>

/*
 * Depth-wise convolution: filter c reads channel c alone. The packed weights are [tap][channel], so
 * that every loop runs over neighbouring channels.
 */

/* Channels of a task of the weight gradient: a multiple of any vector, few enough for many tasks.
 */
#define CHANNELS_A_TASK 16

typedef struct
{
  const FlConvolution *c; /* borrowed, like all below */
  const float *x, *dy, *packed, *bias;
  float *y, *dx, *dw;
  double *sums;
} Work;

static bool
applies (const FlConvolution *c)
{
  return c->groups == c->in_channels && c->groups == c->out_channels;
}

static size_t
packed_size (const FlConvolution *c)
{
  return (size_t) c->kernel_height * c->kernel_width * c->out_channels;
}

static void
pack_filter (const FlConvolution *c, int filter, const float *weights, float *packed)
{
  for (int t = 0; t < c->kernel_height * c->kernel_width; t++)
    packed[(size_t) t * c->out_channels + filter] = weights != NULL ? weights[t] : 0;
}

static size_t
no_scratch (const FlConvolution *c, int n_workers)
{
  (void) c;
  (void) n_workers;
  return 0;
}

static void
forward_row (void *data, int oy, int worker)
{
  const Work *w = data;
  const FlConvolution *c = w->c;
  const int n = c->out_channels;

  (void) worker;
  for (int ox = 0; ox < c->out_width; ox++)
    {
      float *restrict y = w->y + ((size_t) oy * c->out_width + ox) * n;

      if (w->bias != NULL)
        memcpy (y, w->bias, sizeof (float) * n);
      else
        memset (y, 0, sizeof (float) * n);
      for (int ky = 0; ky < c->kernel_height; ky++)
        {
          int iy = oy * c->stride_height - c->pad_top + ky * c->dilation_height;

          if (iy < 0 || iy >= c->in_height)
            continue;
          for (int kx = 0; kx < c->kernel_width; kx++)
            {
              int ix = ox * c->stride_width - c->pad_left + kx * c->dilation_width;
              const float *restrict x = w->x + ((size_t) iy * c->in_width + ix) * n;
              const float *restrict k = w->packed + (size_t) (ky * c->kernel_width + kx) * n;

              if (ix < 0 || ix >= c->in_width)
                continue;
              for (int i = 0; i < n; i++)
                y[i] += x[i] * k[i];
            }
        }
    }
}

static void
forward (const FlConvolution *c, const float *x, const float *packed, const float *bias, float *y,
         FlPool *pool, float *scratch)
{
  Work w = { .c = c, .x = x, .packed = packed, .bias = bias, .y = y };

  (void) scratch;
  fl_pool_run (pool, c->out_height, forward_row, &w);
}

/* The output coordinate that reads input coordinate @in through tap offset @offset, or -1. */
static inline int
reader (int in, int pad, int offset, int stride, int n_out)
{
  int at = in + pad - offset;

  if (at < 0 || at % stride != 0 || at / stride >= n_out)
    return -1;
  return at / stride;
}

static void
input_gradient_row (void *data, int iy, int worker)
{
  const Work *w = data;
  const FlConvolution *c = w->c;
  const int n = c->out_channels;

  (void) worker;
  for (int ky = 0; ky < c->kernel_height; ky++)
    {
      int oy = reader (iy, c->pad_top, ky * c->dilation_height, c->stride_height, c->out_height);

      if (oy < 0)
        continue;
      for (int ix = 0; ix < c->in_width; ix++)
        {
          float *restrict dx = w->dx + ((size_t) iy * c->in_width + ix) * n;

          for (int kx = 0; kx < c->kernel_width; kx++)
            {
              int ox
                  = reader (ix, c->pad_left, kx * c->dilation_width, c->stride_width, c->out_width);
              const float *restrict dy = w->dy + ((size_t) oy * c->out_width + ox) * n;
              const float *restrict k = w->packed + (size_t) (ky * c->kernel_width + kx) * n;

              if (ox < 0)
                continue;
              for (int i = 0; i < n; i++)
                dx[i] += dy[i] * k[i];
            }
        }
    }
}

static void
input_gradient (const FlConvolution *c, const float *dy, const float *packed, float *dx,
                FlPool *pool, float *scratch)
{
  Work w = { .c = c, .dy = dy, .packed = packed, .dx = dx };

  (void) scratch;
  fl_pool_run (pool, c->in_height, input_gradient_row, &w);
}

/* One tap of dW for a block of channels: a row in float, rows summed in double. */
static void
weight_gradient_tap (const Work *w, int ky, int kx, int first, int n, double *total)
{
  const FlConvolution *c = w->c;
  const int channels = c->out_channels;

  for (int i = 0; i < n; i++)
    total[i] = 0;
  for (int oy = 0; oy < c->out_height; oy++)
    {
      float row[CHANNELS_A_TASK] = { 0 };
      int iy = oy * c->stride_height - c->pad_top + ky * c->dilation_height;

      if (iy < 0 || iy >= c->in_height)
        continue;
      for (int ox = 0; ox < c->out_width; ox++)
        {
          int ix = ox * c->stride_width - c->pad_left + kx * c->dilation_width;
          const float *x = w->x + ((size_t) iy * c->in_width + ix) * channels + first;
          const float *dy = w->dy + ((size_t) oy * c->out_width + ox) * channels + first;

          if (ix < 0 || ix >= c->in_width)
            continue;
          for (int i = 0; i < n; i++)
            row[i] += x[i] * dy[i];
        }
      for (int i = 0; i < n; i++)
        total[i] += row[i];
    }
}

static void
weight_gradient_block (void *data, int task, int worker)
{
  const Work *w = data;
  const FlConvolution *c = w->c;
  const int taps = c->kernel_height * c->kernel_width;
  const int first = task * CHANNELS_A_TASK;
  const int left = c->out_channels - first;
  const int n = left < CHANNELS_A_TASK ? left : CHANNELS_A_TASK;

  (void) worker;
  for (int t = 0; t < taps; t++)
    {
      double total[CHANNELS_A_TASK];

      weight_gradient_tap (w, t / c->kernel_width, t % c->kernel_width, first, n, total);
      for (int i = 0; i < n; i++)
        {
          if (w->dw != NULL)
            w->dw[(size_t) (first + i) * taps + t] += (float) total[i];
          if (w->sums != NULL)
            w->sums[first + i] += fabs (total[i]);
        }
    }
}

static void
weight_gradient (const FlConvolution *c, const float *x, const float *dy, float *dw, double *sums,
                 FlPool *pool, float *scratch)
{
  Work w = { .c = c, .x = x, .dy = dy, .dw = dw, .sums = sums };

  (void) scratch;
  fl_pool_run (pool, (c->out_channels + CHANNELS_A_TASK - 1) / CHANNELS_A_TASK,
               weight_gradient_block, &w);
}

const FlConvolutionKernel fl_convolution_depthwise = {
  .name = "depth-wise",
  .applies = applies,
  .packed_size = packed_size,
  .pack_filter = pack_filter,
  .forward_scratch = no_scratch,
  .forward = forward,
  .input_gradient_scratch = no_scratch,
  .input_gradient = input_gradient,
  .weight_gradient_scratch = no_scratch,
  .weight_gradient = weight_gradient,
};
