#include "engine/graph/operator-families.h"

#include <math.h>

#include "engine/core/error.h"
#include "engine/graph/view-loop.h"
#include "engine/kernels/element-wise.h"
#include "engine/kernels/matrix.h"
#include "engine/kernels/strided-sum.h"

/* Gemm and MatMul: products of matrices whose rows and columns may lie anyhow. */

/* Element (i, j) stands at data[i * row_stride + j * column_stride]. */
typedef struct
{
  float *data;
  gint64 n_rows;
  gint64 n_columns;
  gint64 row_stride;
  gint64 column_stride;
} Matrix;

static Matrix
transposed (Matrix m)
{
  return (Matrix){ m.data, m.n_columns, m.n_rows, m.column_stride, m.row_stride };
}

/* Whether rows are dense and lie one after the other: what a product can read and write in place.
 */
static gboolean
has_dense_rows (const Matrix *m)
{
  return (m->column_stride == 1 || m->n_columns == 1)
         && (m->n_rows == 1 || m->row_stride >= m->n_columns) && m->row_stride <= G_MAXINT;
}

static void
matrix_loop (FlStridedLoop *loop, const Matrix *to, const Matrix *from)
{
  fl_strided_loop_init (loop, 2, (gint64[]){ to->n_rows, to->n_columns });
  fl_strided_loop_add (loop, to->data, (gint64[]){ to->row_stride, to->column_stride });
  fl_strided_loop_add (loop, from->data, (gint64[]){ from->row_stride, from->column_stride });
}

static Matrix
scratch_matrix (const FlRun *run, gint64 n_rows, gint64 n_columns)
{
  return (Matrix){ fl_scratch_floats (run->scratch, (gsize) (n_rows * n_columns)), n_rows,
                   n_columns, n_columns, 1 };
}

/* An operand as the product takes it: with dense rows, or transposed with dense rows, or copied. */
static Matrix
readable (const FlRun *run, Matrix m, bool *transpose)
{
  Matrix other = transposed (m);
  Matrix copy;
  FlStridedLoop loop;

  *transpose = false;
  if (has_dense_rows (&m))
    return m;
  if (has_dense_rows (&other))
    {
      *transpose = true;
      return other;
    }
  copy = scratch_matrix (run, m.n_rows, m.n_columns);
  matrix_loop (&loop, &copy, &m);
  fl_strided_copy (&loop, run->pool);
  return copy;
}

static int
leading (const Matrix *m)
{
  return (int) MAX (m->row_stride, m->n_columns);
}

/* c = alpha a b, or c += alpha a b. */
static void
multiply (const FlRun *run, Matrix a, Matrix b, float alpha, Matrix c, bool add)
{
  Matrix result = c;
  bool transpose_a, transpose_b;
  Matrix other = transposed (c);
  FlStridedLoop loop;

  if (!has_dense_rows (&c) && has_dense_rows (&other))
    {
      /* c' = b' a' */
      multiply (run, transposed (b), transposed (a), alpha, other, add);
      return;
    }
  if (!has_dense_rows (&c))
    result = scratch_matrix (run, c.n_rows, c.n_columns);
  a = readable (run, a, &transpose_a);
  b = readable (run, b, &transpose_b);
  fl_matrix_multiply (run->pool, transpose_a, transpose_b, (int) c.n_rows, (int) c.n_columns,
                      (int) (transpose_a ? a.n_rows : a.n_columns), alpha, a.data, leading (&a),
                      b.data, leading (&b), add && result.data == c.data ? 1 : 0, result.data,
                      leading (&result));
  if (result.data == c.data)
    return;
  matrix_loop (&loop, &c, &result);
  if (add)
    fl_strided_add (&loop, run->pool);
  else
    fl_strided_copy (&loop, run->pool);
}

/* ---- Gemm: alpha A B + beta C ---- */

typedef struct
{
  gint64 multiply_adds; /* first, as in the other parameters */
  float alpha;
  float beta;
  gboolean transpose_a;
  gboolean transpose_b;
} GemmParameters;

static gint64
multiply_adds (gconstpointer parameters)
{
  return *(const gint64 *) parameters;
}

static gboolean
prepare_gemm (const FlOperatorRequest *request, FlShape *outputs, gpointer *parameters,
              GError **error)
{
  const FlShape *a = &request->inputs[0];
  const FlShape *b = &request->inputs[1];
  const FlShape *c = &request->inputs[2];
  gboolean transpose_a = fl_attribute_int (request, "transA", 0) != 0;
  gboolean transpose_b = fl_attribute_int (request, "transB", 0) != 0;
  g_autofree char *text_a = fl_shape_text (a);
  g_autofree char *text_b = fl_shape_text (b);
  double alpha = fl_attribute_double (request, "alpha", 1);
  double beta = fl_attribute_double (request, "beta", 1);
  FlShape joined;
  gsize size = 0;
  GemmParameters *p = NULL;

  if (a->rank != 2 || b->rank != 2)
    return fl_operator_error (request, error, FL_ERROR_SHAPE, "inputs %s and %s, expected matrices",
                              text_a, text_b);
  if (a->size[transpose_a ? 0 : 1] != b->size[transpose_b ? 1 : 0])
    return fl_operator_error (
        request, error, FL_ERROR_SHAPE, "inputs %s%s and %s%s do not fit one another", text_a,
        transpose_a ? " (transposed)" : "", text_b, transpose_b ? " (transposed)" : "");
  outputs[0] = (FlShape){ .rank = 2,
                          .size = { a->size[transpose_a ? 1 : 0], b->size[transpose_b ? 0 : 1] } };
  if (!fl_shape_size (2, outputs[0].size, &size) || size == 0)
    return fl_operator_error (request, error, FL_ERROR_SHAPE,
                              "its output would be empty or too large");
  if (c->rank >= 0)
    {
      if (!fl_shape_broadcast (request, c, &outputs[0], &joined, error))
        return FALSE;
      if (c->rank > 2 || fl_shape_count (&joined) != fl_shape_count (&outputs[0]))
        {
          g_autofree char *text_c = fl_shape_text (c);

          return fl_operator_error (request, error, FL_ERROR_SHAPE,
                                    "third input %s does not fit its output %" G_GINT64_FORMAT
                                    "x%" G_GINT64_FORMAT,
                                    text_c, outputs[0].size[0], outputs[0].size[1]);
        }
    }
  if (!isfinite ((float) alpha) || !isfinite ((float) beta))
    return fl_operator_error (request, error, FL_ERROR_NOT_FINITE, "alpha or beta is not finite");
  p = g_new0 (GemmParameters, 1);
  p->multiply_adds = fl_shape_count (a) * outputs[0].size[1];
  p->alpha = (float) alpha;
  p->beta = (float) beta;
  p->transpose_a = transpose_a;
  p->transpose_b = transpose_b;
  *parameters = p;
  return TRUE;
}

static Matrix
matrix_from_view (const FlView *view, gboolean transpose)
{
  Matrix m
      = { view->data, view->shape.size[0], view->shape.size[1], view->stride[0], view->stride[1] };

  return transpose ? transposed (m) : m;
}

static void
gemm_forward (const FlRun *run)
{
  const GemmParameters *p = run->parameters;
  gboolean has_c = run->inputs[2].data != NULL;

  if (has_c)
    {
      FlElementParameters scale = { .a = p->beta };
      FlStridedLoop loop;

      fl_view_loop_init (&loop, &run->outputs[0].shape);
      fl_view_loop_add (&loop, &run->outputs[0]);
      fl_view_loop_add (&loop, &run->inputs[2]);
      fl_strided_loop_run_rows (&loop, run->pool, 1, false, fl_row_scale, &scale);
    }
  multiply (run, matrix_from_view (&run->inputs[0], p->transpose_a),
            matrix_from_view (&run->inputs[1], p->transpose_b), p->alpha,
            matrix_from_view (&run->outputs[0], FALSE), has_c);
}

static void
gemm_backward (const FlRun *run)
{
  const GemmParameters *p = run->parameters;
  Matrix dy = matrix_from_view (&run->output_gradients[0], FALSE);

  if (run->input_gradients[0].data != NULL)
    multiply (run, dy, transposed (matrix_from_view (&run->inputs[1], p->transpose_b)), p->alpha,
              matrix_from_view (&run->input_gradients[0], p->transpose_a), true);
  if (run->input_gradients[1].data != NULL)
    multiply (run, transposed (matrix_from_view (&run->inputs[0], p->transpose_a)), dy, p->alpha,
              matrix_from_view (&run->input_gradients[1], p->transpose_b), true);
  if (run->input_gradients[2].data != NULL)
    {
      FlStridedLoop loop;

      fl_view_loop_init (&loop, &run->outputs[0].shape);
      fl_view_loop_add (&loop, &run->input_gradients[2]);
      fl_view_loop_add (&loop, &run->output_gradients[0]);
      fl_strided_sum (&loop, run->pool, NULL, NULL, p->beta, true,
                      fl_scratch_doubles (run->scratch, fl_strided_sum_workspace (&loop)));
    }
}

/* ---- MatMul: numpy's rules ---- */

typedef struct
{
  gint64 multiply_adds;
  FlShape batch; /* what stands before the matrices, operands broadcast */
} MatMulParameters;

/* A vector is a matrix of one row on the left, of one column on the right. */
static FlShape
as_matrices (const FlShape *shape, gboolean left)
{
  FlShape matrices = *shape;

  if (shape->rank == 1)
    {
      matrices.rank = 2;
      matrices.size[left ? 1 : 0] = shape->size[0];
      matrices.size[left ? 0 : 1] = 1;
    }
  return matrices;
}

static gboolean
prepare_matmul (const FlOperatorRequest *request, FlShape *outputs, gpointer *parameters,
                GError **error)
{
  FlShape a = as_matrices (&request->inputs[0], TRUE);
  FlShape b = as_matrices (&request->inputs[1], FALSE);
  g_autofree char *text_a = fl_shape_text (&request->inputs[0]);
  g_autofree char *text_b = fl_shape_text (&request->inputs[1]);
  FlShape outer_a = a;
  FlShape outer_b = b;
  FlShape batch;
  FlShape *output = &outputs[0];
  gsize size = 0;
  MatMulParameters *p = NULL;

  if (a.rank < 2 || b.rank < 2 || a.size[a.rank - 1] != b.size[b.rank - 2])
    return fl_operator_error (request, error, FL_ERROR_SHAPE,
                              "inputs %s and %s do not fit one another", text_a, text_b);
  outer_a.rank -= 2;
  outer_b.rank -= 2;
  if (!fl_shape_broadcast (request, &outer_a, &outer_b, &batch, error))
    return FALSE;
  *output = batch;
  if (request->inputs[0].rank > 1)
    output->size[output->rank++] = a.size[a.rank - 2];
  if (request->inputs[1].rank > 1)
    output->size[output->rank++] = b.size[b.rank - 1];
  if (!fl_shape_size (output->rank, output->size, &size) || size == 0)
    return fl_operator_error (request, error, FL_ERROR_SHAPE,
                              "its output would be empty or too large");
  p = g_new0 (MatMulParameters, 1);
  p->multiply_adds = (gint64) size * a.size[a.rank - 1];
  p->batch = batch;
  *parameters = p;
  return TRUE;
}

/* An operand of a product with a batch: one matrix, and how far apart the others are. */
typedef struct
{
  Matrix matrix;
  gint64 stride[FL_TENSOR_MAX_RANK]; /* along the axes of the batch */
} Batch;

/* @rows, @columns: whether the view's last axes are a matrix's; a vector has only one of the two.
 */
static Batch
batch_from_view (const FlView *view, const FlShape *batch, gboolean rows, gboolean columns)
{
  Batch b = { .matrix = { view->data, 1, 1, 0, 0 } };
  int axis = view->shape.rank;
  int first = 0;

  if (columns)
    {
      axis--;
      b.matrix.n_columns = view->shape.size[axis];
      b.matrix.column_stride = view->stride[axis];
    }
  if (rows)
    {
      axis--;
      b.matrix.n_rows = view->shape.size[axis];
      b.matrix.row_stride = view->stride[axis];
    }
  first = batch->rank - axis;
  for (int i = 0; i < axis; i++)
    if (view->shape.size[i] != 1)
      b.stride[first + i] = view->stride[i];
  return b;
}

typedef struct
{
  FlShape batch;
  Batch a, b, c; /* c is the output or its gradient */
  Batch da, db;
} Product;

/*
 * Where the right operand is one matrix for the whole batch, as in a layer applied to every pixel,
 * the batch is more rows of the left one: axes are taken in from the last on while they follow on.
 */
static void
merge_rows (Product *product)
{
  while (product->batch.rank > 0)
    {
      int last = product->batch.rank - 1;
      gint64 size = product->batch.size[last];
      Batch *left[] = { &product->a, &product->c, &product->da };

      if (size > 1)
        {
          if (product->b.stride[last] != 0)
            return;
          for (gsize i = 0; i < G_N_ELEMENTS (left); i++)
            if (left[i]->matrix.data != NULL && left[i]->matrix.n_rows > 1
                && left[i]->stride[last] != left[i]->matrix.row_stride * left[i]->matrix.n_rows)
              return;
          for (gsize i = 0; i < G_N_ELEMENTS (left); i++)
            {
              if (left[i]->matrix.n_rows == 1)
                left[i]->matrix.row_stride = left[i]->stride[last];
              left[i]->matrix.n_rows *= size;
            }
        }
      product->batch.rank--;
    }
}

static void
set_up (const FlRun *run, const FlView *output, gboolean backward, Product *product)
{
  const MatMulParameters *p = run->parameters;
  gboolean rows = run->inputs[0].shape.rank > 1;
  gboolean columns = run->inputs[1].shape.rank > 1;

  product->batch = p->batch;
  product->a = batch_from_view (&run->inputs[0], &p->batch, rows, TRUE);
  product->b = batch_from_view (&run->inputs[1], &p->batch, TRUE, columns);
  product->c = batch_from_view (output, &p->batch, rows, columns);
  product->da = product->a;
  product->db = product->b;
  product->da.matrix.data = NULL;
  product->db.matrix.data = NULL;
  if (backward)
    {
      product->da = batch_from_view (&run->input_gradients[0], &p->batch, rows, TRUE);
      product->db = batch_from_view (&run->input_gradients[1], &p->batch, TRUE, columns);
    }
  merge_rows (product);
}

/* Matrix number @index of the batch. */
static Matrix
batch_matrix (const Batch *b, const FlShape *batch, gint64 index)
{
  Matrix m = b->matrix;

  for (int i = batch->rank - 1; i >= 0; i--)
    {
      m.data += index % batch->size[i] * b->stride[i];
      index /= batch->size[i];
    }
  return m;
}

static void
matmul_forward (const FlRun *run)
{
  Product product;
  gint64 n = 0;

  set_up (run, &run->outputs[0], FALSE, &product);
  n = fl_shape_count (&product.batch);
  for (gint64 i = 0; i < n; i++)
    multiply (run, batch_matrix (&product.a, &product.batch, i),
              batch_matrix (&product.b, &product.batch, i), 1,
              batch_matrix (&product.c, &product.batch, i), false);
}

static void
matmul_backward (const FlRun *run)
{
  Product product;
  gint64 n = 0;

  set_up (run, &run->output_gradients[0], TRUE, &product);
  n = fl_shape_count (&product.batch);
  for (gint64 i = 0; i < n; i++)
    {
      Matrix dy = batch_matrix (&product.c, &product.batch, i);

      if (product.da.matrix.data != NULL)
        multiply (run, dy, transposed (batch_matrix (&product.b, &product.batch, i)), 1,
                  batch_matrix (&product.da, &product.batch, i), true);
      if (product.db.matrix.data != NULL)
        multiply (run, transposed (batch_matrix (&product.a, &product.batch, i)), dy, 1,
                  batch_matrix (&product.db, &product.batch, i), true);
    }
}

static const FlOperatorRecord records[] = {
  {
      .type = "Gemm",
      .min_inputs = 2,
      .max_inputs = 3,
      .layout = FL_LAYOUT_ROW_MAJOR,
      .prepare = prepare_gemm,
      .forward = gemm_forward,
      .backward = gemm_backward,
      .multiply_adds = multiply_adds,
  },
  {
      .type = "MatMul",
      .min_inputs = 2,
      .max_inputs = 2,
      .layout = FL_LAYOUT_ROW_MAJOR,
      .prepare = prepare_matmul,
      .forward = matmul_forward,
      .backward = matmul_backward,
      .multiply_adds = multiply_adds,
  },
};

const FlOperatorRecord *
fl_product_records (int *n)
{
  *n = G_N_ELEMENTS (records);
  return records;
}
