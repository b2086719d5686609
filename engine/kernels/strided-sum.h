#pragma once

#include "engine/kernels/strided-loop.h"

/* Doubles of working memory for fl_strided_sum(): at most the number of elements of the loop. */
size_t fl_strided_sum_workspace (const FlStridedLoop *loop);

/**
 * fl_strided_sum:
 * @loop: operand 0 has stride 0 along the axes that are summed
 * @term: computes the terms from operands 1 and on; NULL: operand 1 itself
 * @scale: of the sums
 * @add: to what operand 0 holds, rather than in its place
 *
 * Sums in double. Partial sums belong to tiles that depend on sizes only and are added in their
 * order, so the result does not depend on the number of workers.
 */
void fl_strided_sum (FlStridedLoop *loop, FlPool *pool, FlRowFunc term, const void *parameters,
                     double scale, bool add, double *workspace);
