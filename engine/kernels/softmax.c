#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("no-trapping-math")
#endif

#include "engine/kernels/softmax.h"

#include "engine/kernels/elementary.h"

static float
largest (const float *x, int64_t stride, int64_t n)
{
  float most = x[0];

  for (int64_t i = 1; i < n; i++)
    most = x[i * stride] <= most ? most : x[i * stride];
  return most;
}

/* Exponentials of a dense row are made in vector code, then summed in order. */
static double
exponentials (float *restrict y, int64_t y_stride, const float *restrict x, int64_t x_stride,
              int64_t n, float most)
{
  double sum = 0;

  if (y_stride == 1 && x_stride == 1)
    for (int64_t i = 0; i < n; i++)
      y[i] = fl_exp (x[i] - most);
  else
    for (int64_t i = 0; i < n; i++)
      y[i * y_stride] = fl_exp (x[i * x_stride] - most);
  for (int64_t i = 0; i < n; i++)
    sum += y[i * y_stride];
  return sum;
}

static void
softmax_rows (const void *parameters, int64_t n, float *const *operands, const int64_t *strides)
{
  const FlSoftmax *s = parameters;

  for (int64_t row = 0; row < n; row++)
    {
      float *y = operands[0] + row * strides[0];
      const float *x = operands[1] + row * strides[1];
      float most = largest (x, s->stride[1], s->n);
      double sum = exponentials (y, s->stride[0], x, s->stride[1], s->n, most);
      float factor = (float) (1.0 / sum);
      double offset = (double) most + log (sum);

      if (s->logarithm)
        for (int64_t i = 0; i < s->n; i++)
          y[i * s->stride[0]] = (float) (x[i * s->stride[1]] - offset);
      else
        for (int64_t i = 0; i < s->n; i++)
          y[i * s->stride[0]] *= factor;
    }
}

static void
softmax_gradient_rows (const void *parameters, int64_t n, float *const *operands,
                       const int64_t *strides)
{
  const FlSoftmax *s = parameters;

  for (int64_t row = 0; row < n; row++)
    {
      float *dx = operands[0] + row * strides[0];
      const float *dy = operands[1] + row * strides[1];
      const float *y = operands[2] + row * strides[2];
      double sum = 0;
      float total = 0;

      for (int64_t i = 0; i < s->n; i++)
        sum += s->logarithm ? (double) dy[i * s->stride[1]]
                            : (double) dy[i * s->stride[1]] * y[i * s->stride[2]];
      total = (float) sum;
      if (s->logarithm)
        for (int64_t i = 0; i < s->n; i++)
          dx[i * s->stride[0]] += dy[i * s->stride[1]] - fl_exp (y[i * s->stride[2]]) * total;
      else
        for (int64_t i = 0; i < s->n; i++)
          dx[i * s->stride[0]] += y[i * s->stride[2]] * (dy[i * s->stride[1]] - total);
    }
}

/* Additions that one element of a row is worth. */
#define ELEMENT_COST 8

void
fl_softmax (FlStridedLoop *loop, FlPool *pool, const FlSoftmax *softmax)
{
  fl_strided_loop_run (loop, pool, ELEMENT_COST * softmax->n, softmax_rows, softmax);
}

void
fl_softmax_gradient (FlStridedLoop *loop, FlPool *pool, const FlSoftmax *softmax)
{
  fl_strided_loop_run (loop, pool, ELEMENT_COST * softmax->n, softmax_gradient_rows, softmax);
}
