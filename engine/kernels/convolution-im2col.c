#include "engine/kernels/convolution-kernels.h"

#include <math.h>
#include <string.h>

#include "engine/kernels/matrix.h"

/*
 * Convolution as matrix products. With C input channels and O output channels a group, and
 * K = taps * C, group g's packed weight is a K x O matrix (row: tap, then channel) and
 *
 *   forward           y [pixels x O]  = patches [pixels x K] * W
 *   input gradient    patches' [pixels x K] = dy * W^T, added to the pixels that they were read
 * from weight gradient   dW [K x O]      = patches^T * dy
 *
 * Every product is made in tiles whose sizes follow from the convolution alone, so that results do
 * not depend on the number of workers.
 */

#define PATCH_FLOATS (128 * 1024) /* of patches at a time: stays in the second-level cache */
#define MIN_PIXELS 32
#define MAX_PIXELS 256
#define ENOUGH_TASKS 8 /* below this a pass is split further */
#define GRADIENT_CHANNELS 64

typedef struct
{
  const FlConvolution *c; /* borrowed, like all below */
  const float *x, *dy, *packed, *bias;
  float *y, *dx, *dw, *scratch;
  double *sums;
  int channels; /* input channels a group */
  int outputs;  /* output channels a group */
  int taps;
  int k;     /* taps * channels */
  int dense; /* patches are the input itself */
  int n_pixels;
  int pixels;      /* of a tile */
  int n_splits[2]; /* tiles along the two axes that are split inside a group */
  int split[2];    /* their sizes */
  size_t worker_floats;
  double *partial; /* weight gradient: sums of each tile */
} Work;

static int
divide_up (int a, int b)
{
  return (a + b - 1) / b;
}

static int
smaller (int a, int b)
{
  return a < b ? a : b;
}

static int
larger (int a, int b)
{
  return a > b ? a : b;
}

static Work
work_new (const FlConvolution *c)
{
  Work w = { .c = c };

  w.channels = c->in_channels / c->groups;
  w.outputs = c->out_channels / c->groups;
  w.taps = c->kernel_height * c->kernel_width;
  w.k = w.taps * w.channels;
  w.dense = w.taps == 1 && c->stride_height == 1 && c->stride_width == 1 && c->pad_top == 0
            && c->pad_left == 0 && c->in_height == c->out_height && c->in_width == c->out_width;
  w.n_pixels = c->out_height * c->out_width;
  w.pixels = smaller (larger (PATCH_FLOATS / w.k, MIN_PIXELS), MAX_PIXELS);
  return w;
}

static bool
applies (const FlConvolution *c)
{
  (void) c;
  return true;
}

static size_t
packed_size (const FlConvolution *c)
{
  return (size_t) fl_convolution_filter_size (c) * c->out_channels;
}

static void
pack_filter (const FlConvolution *c, int filter, const float *weights, float *packed)
{
  Work w = work_new (c);
  int group = filter / w.outputs;
  float *to = packed + (size_t) group * w.k * w.outputs + filter % w.outputs;

  for (int t = 0; t < w.taps; t++)
    for (int i = 0; i < w.channels; i++)
      to[((size_t) t * w.channels + i) * w.outputs]
          = weights != NULL ? weights[(size_t) i * w.taps + t] : 0;
}

/*
 * Copies columns [first, first + n) of the patches of output pixels [pixel, pixel + n_pixels) to a
 * dense matrix. Channels of a tap lie side by side in the input, and where there is one group and
 * no dilation so do the taps of a kernel row.
 */
static void
gather_patches (const Work *w, int group, int pixel, int n_pixels, int first, int n, float *to)
{
  const FlConvolution *c = w->c;
  const int whole_rows = c->groups == 1 && c->dilation_width == 1 && first == 0 && n == w->k;
  const float *x = w->x + (size_t) group * w->channels;

  for (int p = pixel; p < pixel + n_pixels; p++, to += n)
    {
      int y0 = p / c->out_width * c->stride_height - c->pad_top;
      int x0 = p % c->out_width * c->stride_width - c->pad_left;
      float *at = to;

      if (whole_rows && x0 >= 0 && x0 + c->kernel_width <= c->in_width)
        {
          size_t row = (size_t) c->kernel_width * w->channels;

          for (int ky = 0; ky < c->kernel_height; ky++, at += row)
            {
              int iy = y0 + ky * c->dilation_height;

              if (iy < 0 || iy >= c->in_height)
                memset (at, 0, sizeof (float) * row);
              else
                memcpy (at, x + ((size_t) iy * c->in_width + x0) * c->in_channels,
                        sizeof (float) * row);
            }
          continue;
        }
      for (int column = first; column < first + n;)
        {
          int tap = column / w->channels;
          int channel = column % w->channels;
          int run = smaller (w->channels - channel, first + n - column);
          int iy = y0 + tap / c->kernel_width * c->dilation_height;
          int ix = x0 + tap % c->kernel_width * c->dilation_width;

          if (iy < 0 || iy >= c->in_height || ix < 0 || ix >= c->in_width)
            memset (at, 0, sizeof (float) * run);
          else
            memcpy (at, x + ((size_t) iy * c->in_width + ix) * c->in_channels + channel,
                    sizeof (float) * run);
          at += run;
          column += run;
        }
    }
}

/* ---- forward: tiles of pixels, and of output channels where there are few pixels ---- */

static Work
forward_work (const FlConvolution *c)
{
  Work w = work_new (c);
  int tiles = divide_up (w.n_pixels, w.pixels) * c->groups;

  w.split[0] = w.pixels;
  w.split[1] = w.outputs;
  if (tiles < ENOUGH_TASKS)
    {
      int outputs = divide_up (w.outputs, divide_up (ENOUGH_TASKS, tiles));

      w.split[1] = smaller (w.outputs, larger (64, divide_up (outputs, 16) * 16));
    }
  w.n_splits[0] = divide_up (w.n_pixels, w.split[0]);
  w.n_splits[1] = divide_up (w.outputs, w.split[1]);
  w.worker_floats = w.dense ? 0 : (size_t) w.pixels * w.k;
  return w;
}

static size_t
forward_scratch (const FlConvolution *c, int n_workers)
{
  return forward_work (c).worker_floats * n_workers;
}

static void
forward_tile (void *data, int task, int worker)
{
  const Work *w = data;
  const FlConvolution *c = w->c;
  int output = task % w->n_splits[1] * w->split[1];
  int pixel = task / w->n_splits[1] % w->n_splits[0] * w->pixels;
  int group = task / w->n_splits[1] / w->n_splits[0];
  int n_outputs = smaller (w->split[1], w->outputs - output);
  int n_pixels = smaller (w->pixels, w->n_pixels - pixel);
  int first = group * w->outputs + output;
  float *y = w->y + (size_t) pixel * c->out_channels + first;
  const float *patches = w->scratch + worker * w->worker_floats;
  int stride = w->k;

  if (w->dense)
    {
      patches = w->x + (size_t) pixel * c->in_channels + (size_t) group * w->channels;
      stride = c->in_channels;
    }
  else
    gather_patches (w, group, pixel, n_pixels, 0, w->k, w->scratch + worker * w->worker_floats);
  fl_matrix_multiply_one (false, false, n_pixels, n_outputs, w->k, 1, patches, stride,
                          w->packed + (size_t) group * w->k * w->outputs + output, w->outputs, 0, y,
                          c->out_channels);
  if (w->bias != NULL)
    for (int p = 0; p < n_pixels; p++)
      for (int o = 0; o < n_outputs; o++)
        y[(size_t) p * c->out_channels + o] += w->bias[first + o];
}

static void
forward (const FlConvolution *c, const float *x, const float *packed, const float *bias, float *y,
         FlPool *pool, float *scratch)
{
  Work w = forward_work (c);

  w.x = x;
  w.packed = packed;
  w.bias = bias;
  w.y = y;
  w.scratch = scratch;
  fl_pool_run (pool, c->groups * w.n_splits[0] * w.n_splits[1], forward_tile, &w);
}

/* ---- input gradient: tiles of input rows and input channels, each written by one task ---- */

static Work
input_gradient_work (const FlConvolution *c)
{
  Work w = work_new (c);
  int tiles = 0;

  w.pixels = MAX_PIXELS;
  w.split[1] = smaller (w.channels, GRADIENT_CHANNELS);
  w.n_splits[1] = divide_up (w.channels, w.split[1]);
  tiles = c->groups * w.n_splits[1];
  w.split[0] = c->in_height;
  if (tiles < ENOUGH_TASKS)
    w.split[0]
        = larger (divide_up (c->in_height, divide_up (ENOUGH_TASKS, tiles)), 2 * c->stride_height);
  w.n_splits[0] = divide_up (c->in_height, w.split[0]);
  /* A row of output pixels at the least. */
  w.worker_floats
      = (size_t) larger (w.pixels, c->out_width) * (w.n_splits[1] == 1 ? w.k : w.split[1]);
  return w;
}

static size_t
input_gradient_scratch (const FlConvolution *c, int n_workers)
{
  return input_gradient_work (c).worker_floats * n_workers;
}

/* Adds the columns of one tap, n_channels of `stride` floats a pixel, to the input rows of a tile.
 */
static void
scatter_tap (const Work *w, int tap, int channel, int n_channels, int first_row, int end_row,
             int oy, int n_rows, const float *patches, int stride)
{
  const FlConvolution *c = w->c;
  int ky = tap / c->kernel_width;
  int kx = tap % c->kernel_width;

  for (int r = 0; r < n_rows; r++)
    {
      int iy = (oy + r) * c->stride_height - c->pad_top + ky * c->dilation_height;

      if (iy < first_row || iy >= end_row)
        continue;
      for (int ox = 0; ox < c->out_width; ox++)
        {
          int ix = ox * c->stride_width - c->pad_left + kx * c->dilation_width;
          const float *from = patches + ((size_t) r * c->out_width + ox) * stride;
          float *to = w->dx + ((size_t) iy * c->in_width + ix) * c->in_channels + channel;

          if (ix < 0 || ix >= c->in_width)
            continue;
          for (int i = 0; i < n_channels; i++)
            to[i] += from[i];
        }
    }
}

static void
input_gradient_tile (void *data, int task, int worker)
{
  const Work *w = data;
  const FlConvolution *c = w->c;
  int channel = task % w->n_splits[1] * w->split[1];
  int first_row = task / w->n_splits[1] % w->n_splits[0] * w->split[0];
  int group = task / w->n_splits[1] / w->n_splits[0];
  int n_channels = smaller (w->split[1], w->channels - channel);
  int end_row = smaller (first_row + w->split[0], c->in_height);
  const float *weight = w->packed + (size_t) group * w->k * w->outputs;
  float *patches = w->scratch + worker * w->worker_floats;
  int reach = (c->kernel_height - 1) * c->dilation_height;
  int first_oy = larger (first_row + c->pad_top - reach, 0);
  int end_oy = smaller ((end_row - 1 + c->pad_top) / c->stride_height + 1, c->out_height);
  int rows = larger (w->pixels / c->out_width, 1);

  first_oy = divide_up (first_oy, c->stride_height);
  for (int oy = first_oy; oy < end_oy; oy += rows)
    {
      int n_rows = smaller (rows, end_oy - oy);
      int n = n_rows * c->out_width;
      const float *dy
          = w->dy + (size_t) oy * c->out_width * c->out_channels + (size_t) group * w->outputs;

      if (w->n_splits[1] == 1)
        {
          fl_matrix_multiply_one (false, true, n, w->k, w->outputs, 1, dy, c->out_channels, weight,
                                  w->outputs, 0, patches, w->k);
          for (int t = 0; t < w->taps; t++)
            scatter_tap (w, t, group * w->channels, w->channels, first_row, end_row, oy, n_rows,
                         patches + t * w->channels, w->k);
        }
      else
        for (int t = 0; t < w->taps; t++)
          {
            const float *rows_of_tap = weight + ((size_t) t * w->channels + channel) * w->outputs;

            fl_matrix_multiply_one (false, true, n, n_channels, w->outputs, 1, dy, c->out_channels,
                                    rows_of_tap, w->outputs, 0, patches, n_channels);
            scatter_tap (w, t, group * w->channels + channel, n_channels, first_row, end_row, oy,
                         n_rows, patches, n_channels);
          }
    }
}

/* Patches that are the input itself: one product a tile, added in place. */
static void
input_gradient_dense_tile (void *data, int task, int worker)
{
  const Work *w = data;
  const FlConvolution *c = w->c;
  int pixel = task % w->n_splits[0] * w->split[0];
  int channel = task / w->n_splits[0] % w->n_splits[1] * w->split[1];
  int group = task / w->n_splits[0] / w->n_splits[1];
  int n_pixels = smaller (w->split[0], w->n_pixels - pixel);
  int n_channels = smaller (w->split[1], w->channels - channel);

  (void) worker;
  fl_matrix_multiply_one (
      false, true, n_pixels, n_channels, w->outputs, 1,
      w->dy + (size_t) pixel * c->out_channels + (size_t) group * w->outputs, c->out_channels,
      w->packed + ((size_t) group * w->k + channel) * w->outputs, w->outputs, 1,
      w->dx + (size_t) pixel * c->in_channels + (size_t) group * w->channels + channel,
      c->in_channels);
}

static void
input_gradient (const FlConvolution *c, const float *dy, const float *packed, float *dx,
                FlPool *pool, float *scratch)
{
  Work w = input_gradient_work (c);

  w.dy = dy;
  w.packed = packed;
  w.dx = dx;
  w.scratch = scratch;
  if (w.dense)
    {
      w.split[0] = MAX_PIXELS;
      w.n_splits[0] = divide_up (w.n_pixels, w.split[0]);
      w.split[1] = w.n_splits[0] * c->groups < ENOUGH_TASKS
                       ? smaller (w.channels, larger (64, divide_up (w.channels, ENOUGH_TASKS)))
                       : w.channels;
      w.n_splits[1] = divide_up (w.channels, w.split[1]);
      fl_pool_run (pool, c->groups * w.n_splits[0] * w.n_splits[1], input_gradient_dense_tile, &w);
    }
  else
    fl_pool_run (pool, c->groups * w.n_splits[0] * w.n_splits[1], input_gradient_tile, &w);
}

/* ---- weight gradient: tiles of rows of dW, reduced while they are in the cache ---- */

static Work
weight_gradient_work (const FlConvolution *c)
{
  Work w = work_new (c);
  int wanted = larger (divide_up (ENOUGH_TASKS, c->groups), 1);

  w.split[0] = smaller (larger (divide_up (w.k, wanted), 16), 192);
  w.n_splits[0] = divide_up (w.k, w.split[0]);
  w.pixels = MAX_PIXELS;
  w.worker_floats = (size_t) w.split[0] * (w.pixels + w.outputs);
  return w;
}

static size_t
weight_gradient_partial (const Work *w)
{
  return (size_t) w->n_splits[0] * w->c->out_channels;
}

static size_t
weight_gradient_scratch (const FlConvolution *c, int n_workers)
{
  Work w = weight_gradient_work (c);

  /* Partial sums stand first: two floats make room for a double. */
  return 2 * weight_gradient_partial (&w) + w.worker_floats * n_workers;
}

static void
weight_gradient_tile (void *data, int task, int worker)
{
  const Work *w = data;
  const FlConvolution *c = w->c;
  int tile = task % w->n_splits[0];
  int group = task / w->n_splits[0];
  int first = tile * w->split[0];
  int n = smaller (w->split[0], w->k - first);
  float *patches = w->scratch + worker * w->worker_floats;
  float *dw = patches + (size_t) w->split[0] * w->pixels;

  for (int pixel = 0; pixel < w->n_pixels; pixel += w->pixels)
    {
      int n_pixels = smaller (w->pixels, w->n_pixels - pixel);
      const float *from = patches;
      int stride = n;

      if (w->dense)
        {
          from = w->x + (size_t) pixel * c->in_channels + (size_t) group * w->channels + first;
          stride = c->in_channels;
        }
      else
        gather_patches (w, group, pixel, n_pixels, first, n, patches);
      fl_matrix_multiply_one (true, false, n, w->outputs, n_pixels, 1, from, stride,
                              w->dy + (size_t) pixel * c->out_channels
                                  + (size_t) group * w->outputs,
                              c->out_channels, pixel == 0 ? 0 : 1, dw, w->outputs);
    }
  if (w->sums != NULL)
    {
      double *sums = w->partial + (size_t) task * w->outputs;

      for (int o = 0; o < w->outputs; o++)
        sums[o] = 0;
      for (int r = 0; r < n; r++)
        for (int o = 0; o < w->outputs; o++)
          sums[o] += fabsf (dw[(size_t) r * w->outputs + o]);
    }
  if (w->dw != NULL)
    for (int r = 0; r < n; r++)
      {
        int tap = (first + r) / w->channels;
        int channel = (first + r) % w->channels;
        float *to = w->dw + ((size_t) group * w->outputs * w->channels + channel) * w->taps + tap;

        for (int o = 0; o < w->outputs; o++)
          to[(size_t) o * w->k] += dw[(size_t) r * w->outputs + o];
      }
}

static void
weight_gradient (const FlConvolution *c, const float *x, const float *dy, float *dw, double *sums,
                 FlPool *pool, float *scratch)
{
  Work w = weight_gradient_work (c);

  w.x = x;
  w.dy = dy;
  w.dw = dw;
  w.sums = sums;
  w.partial = (double *) (void *) scratch;
  w.scratch = scratch + 2 * weight_gradient_partial (&w);
  fl_pool_run (pool, c->groups * w.n_splits[0], weight_gradient_tile, &w);
  if (sums == NULL)
    return;
  for (int group = 0; group < c->groups; group++)
    for (int tile = 0; tile < w.n_splits[0]; tile++)
      for (int o = 0; o < w.outputs; o++)
        sums[group * w.outputs + o]
            += w.partial[((size_t) group * w.n_splits[0] + tile) * w.outputs + o];
}

const FlConvolutionKernel fl_convolution_im2col = {
  .name = "im2col",
  .applies = applies,
  .packed_size = packed_size,
  .pack_filter = pack_filter,
  .forward_scratch = forward_scratch,
  .forward = forward,
  .input_gradient_scratch = input_gradient_scratch,
  .input_gradient = input_gradient,
  .weight_gradient_scratch = weight_gradient_scratch,
  .weight_gradient = weight_gradient,
};
