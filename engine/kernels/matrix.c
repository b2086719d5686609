#include "engine/kernels/matrix.h"

#include <cblas.h>
#include <pthread.h>
#include <stddef.h>

#define ROWS_A_TILE 64
#define COLUMNS_A_TILE 256

/* OpenBLAS stays on the calling thread: the pool is ours, and its idle workers would burn a
 * processor. */
static void
pin_to_one_thread (void)
{
  openblas_set_num_threads (1);
}

void
fl_matrix_multiply_one (bool transpose_a, bool transpose_b, int m, int n, int k, float alpha,
                        const float *a, int lda, const float *b, int ldb, float beta, float *c,
                        int ldc)
{
  static pthread_once_t once = PTHREAD_ONCE_INIT;

  pthread_once (&once, pin_to_one_thread);
  /* A product with a vector reads the matrix once; sgemm would first copy it, several times slower.
   */
  if (m == 1 || n == 1)
    for (int i = 0; beta == 0 && i < m * n; i++)
      c[(ptrdiff_t) i * (m == 1 ? 1 : ldc)] = 0; /* some sgemv scale even a NaN by a beta of 0 */
  if (m == 1)
    cblas_sgemv (CblasRowMajor, transpose_b ? CblasNoTrans : CblasTrans, transpose_b ? n : k,
                 transpose_b ? k : n, alpha, b, ldb, a, transpose_a ? lda : 1, beta, c, 1);
  else if (n == 1)
    cblas_sgemv (CblasRowMajor, transpose_a ? CblasTrans : CblasNoTrans, transpose_a ? k : m,
                 transpose_a ? m : k, alpha, a, lda, b, transpose_b ? 1 : ldb, beta, c, ldc);
  else
    cblas_sgemm (CblasRowMajor, transpose_a ? CblasTrans : CblasNoTrans,
                 transpose_b ? CblasTrans : CblasNoTrans, m, n, k, alpha, a, lda, b, ldb, beta, c,
                 ldc);
}

typedef struct
{
  bool transpose_a, transpose_b;
  int m, n, k;
  float alpha, beta;
  const float *a, *b; /* borrowed */
  float *c;           /* borrowed */
  int lda, ldb, ldc;
  int n_column_tiles;
} Product;

static void
multiply_tile (void *data, int task, int worker)
{
  const Product *p = data;
  int row = task / p->n_column_tiles * ROWS_A_TILE;
  int column = task % p->n_column_tiles * COLUMNS_A_TILE;
  int rows = p->m - row < ROWS_A_TILE ? p->m - row : ROWS_A_TILE;
  int columns = p->n - column < COLUMNS_A_TILE ? p->n - column : COLUMNS_A_TILE;
  const float *a = p->a + (p->transpose_a ? (ptrdiff_t) row : (ptrdiff_t) row * p->lda);
  const float *b = p->b + (p->transpose_b ? (ptrdiff_t) column * p->ldb : (ptrdiff_t) column);

  (void) worker;
  fl_matrix_multiply_one (p->transpose_a, p->transpose_b, rows, columns, p->k, p->alpha, a, p->lda,
                          b, p->ldb, p->beta, p->c + (ptrdiff_t) row * p->ldc + column, p->ldc);
}

void
fl_matrix_multiply (FlPool *pool, bool transpose_a, bool transpose_b, int m, int n, int k,
                    float alpha, const float *a, int lda, const float *b, int ldb, float beta,
                    float *c, int ldc)
{
  Product p = {
    .transpose_a = transpose_a,
    .transpose_b = transpose_b,
    .m = m,
    .n = n,
    .k = k,
    .alpha = alpha,
    .beta = beta,
    .a = a,
    .b = b,
    .c = c,
    .lda = lda,
    .ldb = ldb,
    .ldc = ldc,
    .n_column_tiles = (n + COLUMNS_A_TILE - 1) / COLUMNS_A_TILE,
  };

  fl_pool_run (pool, (m + ROWS_A_TILE - 1) / ROWS_A_TILE * p.n_column_tiles, multiply_tile, &p);
}
