#pragma once

#include <stdbool.h>

#include "engine/core/pool.h"

/**
 * fl_matrix_multiply_one:
 *
 * c = alpha * op(a) * op(b) + beta * c on the calling thread; all row-major, op transposes where
 * asked. a is m x k after op, b k x n, c m x n; lda, ldb and ldc are the distances between rows as
 * stored.
 */
void fl_matrix_multiply_one (bool transpose_a, bool transpose_b, int m, int n, int k, float alpha,
                             const float *a, int lda, const float *b, int ldb, float beta, float *c,
                             int ldc);

/* The same over the workers of a pool, in tiles that depend on m, n and k only. */
void fl_matrix_multiply (FlPool *pool, bool transpose_a, bool transpose_b, int m, int n, int k,
                         float alpha, const float *a, int lda, const float *b, int ldb, float beta,
                         float *c, int ldc);
