#pragma once

#include <stdbool.h>

#include "engine/kernels/strided-loop.h"

/**
 * FlSoftmax:
 * @n: elements along the axis
 * @stride: of each operand along the axis
 * @logarithm: log-softmax
 *
 * Softmax along one axis. Sums are in double and the largest element is subtracted first.
 */
typedef struct
{
  int64_t n;
  int64_t stride[4];
  bool logarithm;
} FlSoftmax;

/* The loop goes over the other axes; its operands are y and x. */
void fl_softmax (FlStridedLoop *loop, FlPool *pool, const FlSoftmax *softmax);

/* Operands dx, which is added to, dy and y. */
void fl_softmax_gradient (FlStridedLoop *loop, FlPool *pool, const FlSoftmax *softmax);
