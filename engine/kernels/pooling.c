/* Nobody reads floating-point exception flags; this lets loops with comparisons become vector code.
 */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("no-trapping-math")
#endif

#include "engine/kernels/pooling.h"

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Channels whose sums or maxima are kept close at hand; also the share of one task when scattering.
 */
#define CHANNEL_BLOCK 32

typedef struct
{
  const FlPooling *p;
  const float *x;
  const float *dy;
  float *out; /* y forward, dx backward */
} Run;

/* The part of a window along one axis that lies inside the input: elements first .. last - 1 of it.
 */
typedef struct
{
  int first;
  int last;
  int start; /* of element 0 */
  int step;
} Span;

static Span
window_span (int out, int stride, int pad, int dilation, int kernel, int in)
{
  Span span = { 0, kernel, out * stride - pad, dilation };

  if (span.start < 0)
    span.first = (-span.start + dilation - 1) / dilation;
  if (span.start + (int64_t) (kernel - 1) * dilation >= in)
    span.last = (in - 1 - span.start) / dilation + 1;
  if (span.start >= in)
    span.last = 0;
  if (span.last < span.first)
    span.last = span.first;
  return span;
}

static Span
row_span (const FlPooling *p, int y)
{
  return window_span (y, p->stride_height, p->pad_top, p->dilation_height, p->kernel_height,
                      p->in_height);
}

static Span
column_span (const FlPooling *p, int x)
{
  return window_span (x, p->stride_width, p->pad_left, p->dilation_width, p->kernel_width,
                      p->in_width);
}

/* Elements of a window that lie before the end of the padded input. */
static int
count_padded (int start, int dilation, int kernel, int end)
{
  int n = 0;

  for (int i = 0; i < kernel && start + i * dilation < end; i++)
    n++;
  return n;
}

static double
mean_factor (const FlPooling *p, Span rows, Span columns)
{
  double n = (double) (rows.last - rows.first) * (columns.last - columns.first);

  if (p->count_pads)
    n = (double) count_padded (rows.start, rows.step, p->kernel_height,
                               p->in_height + p->pad_bottom)
        * count_padded (columns.start, columns.step, p->kernel_width, p->in_width + p->pad_right);
  return n > 0 ? 1.0 / n : 0;
}

static const float *
pixel (const FlPooling *p, const float *x, Span rows, Span columns, int i, int j)
{
  ptrdiff_t row = rows.start + (ptrdiff_t) i * rows.step;
  ptrdiff_t column = columns.start + (ptrdiff_t) j * columns.step;

  return x + (row * p->in_width + column) * p->channels;
}

/* Whether x takes the place of the largest so far. NaN does, and nothing takes its place but NaN.
 */
static inline bool
is_larger (float x, float largest)
{
  return (x > largest) | (x != x);
}

static void
take_maximum (int n, float *restrict y, const float *restrict x)
{
  for (int c = 0; c < n; c++)
    y[c] = is_larger (x[c], y[c]) ? x[c] : y[c];
}

static void
max_row (void *data, int task, int worker)
{
  const Run *run = data;
  const FlPooling *p = run->p;
  Span rows = row_span (p, task);

  (void) worker;
  for (int out = 0; out < p->out_width; out++)
    {
      Span columns = column_span (p, out);
      float *y = run->out + ((ptrdiff_t) task * p->out_width + out) * p->channels;
      bool begun = false;

      for (int i = rows.first; i < rows.last; i++)
        for (int j = columns.first; j < columns.last; j++)
          {
            const float *x = pixel (p, run->x, rows, columns, i, j);

            if (begun)
              take_maximum (p->channels, y, x);
            else
              memcpy (y, x, (size_t) p->channels * sizeof *y);
            begun = true;
          }
      for (int c = 0; !begun && c < p->channels; c++)
        y[c] = -INFINITY;
    }
}

static void
mean_row (void *data, int task, int worker)
{
  const Run *run = data;
  const FlPooling *p = run->p;
  Span rows = row_span (p, task);

  (void) worker;
  for (int out = 0; out < p->out_width; out++)
    {
      Span columns = column_span (p, out);
      double factor = mean_factor (p, rows, columns);
      float *y = run->out + ((ptrdiff_t) task * p->out_width + out) * p->channels;

      for (int first = 0; first < p->channels; first += CHANNEL_BLOCK)
        {
          int n = p->channels - first < CHANNEL_BLOCK ? p->channels - first : CHANNEL_BLOCK;
          double sums[CHANNEL_BLOCK] = { 0 };

          for (int i = rows.first; i < rows.last; i++)
            for (int j = columns.first; j < columns.last; j++)
              {
                const float *x = pixel (p, run->x, rows, columns, i, j) + first;

                for (int c = 0; c < n; c++)
                  sums[c] += x[c];
              }
          for (int c = 0; c < n; c++)
            y[first + c] = (float) (sums[c] * factor);
        }
    }
}

/*
 * Windows overlap, so that gradients of several outputs meet in one input. A task has some of the
 * channels, and goes through the whole picture in its order.
 */
static void
max_gradient_block (void *data, int task, int worker)
{
  const Run *run = data;
  const FlPooling *p = run->p;
  int first = task * CHANNEL_BLOCK;
  int n = p->channels - first < CHANNEL_BLOCK ? p->channels - first : CHANNEL_BLOCK;
  const float *dy = run->dy + first;

  (void) worker;
  for (int y = 0; y < p->out_height; y++)
    for (int x = 0; x < p->out_width; x++, dy += p->channels)
      {
        Span rows = row_span (p, y);
        Span columns = column_span (p, x);
        float best[CHANNEL_BLOCK];
        int32_t place[CHANNEL_BLOCK];
        bool begun = false;

        for (int i = rows.first; i < rows.last; i++)
          for (int j = columns.first; j < columns.last; j++)
            {
              const float *in = pixel (p, run->x, rows, columns, i, j) + first;
              int32_t here = (int32_t) (in - run->x);

              for (int c = 0; begun && c < n; c++)
                {
                  bool larger = is_larger (in[c], best[c]);

                  best[c] = larger ? in[c] : best[c];
                  place[c] = larger ? here : place[c];
                }
              for (int c = 0; !begun && c < n; c++)
                {
                  best[c] = in[c];
                  place[c] = here;
                }
              begun = true;
            }
        for (int c = 0; begun && c < n; c++)
          run->out[place[c] + c] += dy[c];
      }
}

static void
mean_gradient_block (void *data, int task, int worker)
{
  const Run *run = data;
  const FlPooling *p = run->p;
  int first = task * CHANNEL_BLOCK;
  int n = p->channels - first < CHANNEL_BLOCK ? p->channels - first : CHANNEL_BLOCK;
  const float *dy = run->dy + first;

  (void) worker;
  for (int y = 0; y < p->out_height; y++)
    for (int x = 0; x < p->out_width; x++, dy += p->channels)
      {
        Span rows = row_span (p, y);
        Span columns = column_span (p, x);
        float factor = (float) mean_factor (p, rows, columns);

        for (int i = rows.first; i < rows.last; i++)
          for (int j = columns.first; j < columns.last; j++)
            {
              float *dx = (float *) pixel (p, run->out, rows, columns, i, j) + first;

              for (int c = 0; c < n; c++)
                dx[c] += factor * dy[c];
            }
      }
}

/* Small pictures are not worth waking anybody for. */
static void
run_tasks (const FlPooling *p, FlPool *pool, int n_tasks, FlPoolFunc func, Run *run)
{
  double work
      = (double) p->out_height * p->out_width * p->channels * p->kernel_height * p->kernel_width;

  if (work >= 16384)
    fl_pool_run (pool, n_tasks, func, run);
  else
    for (int i = 0; i < n_tasks; i++)
      func (run, i, 0);
}

void
fl_max_pool (const FlPooling *pooling, FlPool *pool, const float *x, float *y)
{
  Run run = { pooling, x, NULL, y };

  run_tasks (pooling, pool, pooling->out_height, max_row, &run);
}

void
fl_mean_pool (const FlPooling *pooling, FlPool *pool, const float *x, float *y)
{
  Run run = { pooling, x, NULL, y };

  run_tasks (pooling, pool, pooling->out_height, mean_row, &run);
}

void
fl_max_pool_gradient (const FlPooling *pooling, FlPool *pool, const float *x, const float *dy,
                      float *dx)
{
  Run run = { pooling, x, dy, dx };

  run_tasks (pooling, pool, (pooling->channels + CHANNEL_BLOCK - 1) / CHANNEL_BLOCK,
             max_gradient_block, &run);
}

void
fl_mean_pool_gradient (const FlPooling *pooling, FlPool *pool, const float *dy, float *dx)
{
  Run run = { pooling, NULL, dy, dx };

  run_tasks (pooling, pool, (pooling->channels + CHANNEL_BLOCK - 1) / CHANNEL_BLOCK,
             mean_gradient_block, &run);
}
