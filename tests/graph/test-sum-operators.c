#include "tests/support/operator-checks.h"

static const FlOperatorCase cases[] = {
  { "gemm", "Gemm(x:1x7, w:7x5, b:5)", FL_CHECK_LINEAR },
  { "gemm-as-exported", "Gemm(x:1x7, w:5x7, b:5) transB=1", FL_CHECK_LINEAR },
  { "gemm-plain", "Gemm(x:1x7, w:5x7) transB=1", FL_CHECK_LINEAR },
  { "gemm-scaled", "Gemm(x:3x7, w:7x5, b:3x1) alpha=0.5 beta=-2.0", FL_CHECK_LINEAR },
  { "gemm-scalar-bias", "Gemm(x:3x7, w:7x5, b:scalar) beta=0.5", FL_CHECK_LINEAR },
  { "gemm-transposed", "Gemm(x:7x3, w:5x7, b:3x5) transA=1 transB=1", FL_CHECK_LINEAR },
  { "gemm-left-transposed", "Gemm(x:7x3, w:7x5) transA=1", FL_CHECK_LINEAR },
  { "gemm-constant-first", "Gemm(w:4x3, x:3x6, b:1x6)", FL_CHECK_LINEAR },
  { "gemm-of-itself", "Gemm(x:4x3, x) transB=1" },
  { "gemm-computed-bias", "y = Relu(x:3x3); Gemm(x, w:3x3, y)", FL_CHECK_NO_DIFFERENCES },
  { "gemm-odd-strides", "t = Transpose(x:6x3) perm=[1,0]; Gemm(t, w:6x4, b:4)", FL_CHECK_LINEAR },
  { "gemm-large", "f = Flatten(x:1x40x9x9); Gemm(f, w:700x3240, b:700) transB=1",
    FL_CHECK_LINEAR | FL_CHECK_NO_DIFFERENCES },
  { "matmul", "MatMul(x:4x3, w:3x5)", FL_CHECK_LINEAR },
  { "matmul-pixels", "t = Transpose(x:1x6x3x4) perm=[0,2,3,1]; MatMul(t, w:6x5)", FL_CHECK_LINEAR },
  { "matmul-pixels-row-major", "MatMul(x:1x3x4x6, w:6x5)", FL_CHECK_LINEAR },
  { "matmul-batch", "MatMul(x:2x3x4x6, w:2x3x6x5)", FL_CHECK_LINEAR },
  { "matmul-batch-broadcast", "MatMul(x:2x1x4x6, w:3x6x5)", FL_CHECK_LINEAR },
  { "matmul-batch-broadcast-right", "MatMul(w:3x6x5, x:2x1x5x4)", FL_CHECK_LINEAR },
  { "matmul-constant-left", "MatMul(w:5x3, x:1x2x3x4)", FL_CHECK_LINEAR },
  { "matmul-one-row", "MatMul(x:4x1x6, w:6x5)", FL_CHECK_LINEAR },
  { "matmul-one-row-broadcast", "MatMul(x:1x1x6, w:4x6x5)", FL_CHECK_LINEAR },
  { "matmul-rows-repeated", "MatMul(x:2x1x1x6, w:2x3x6x5)", FL_CHECK_LINEAR },
  { "matmul-vector-right", "MatMul(x:2x4x6, w:6)", FL_CHECK_LINEAR },
  { "matmul-vector-left", "MatMul(w:4, x:2x4x6)", FL_CHECK_LINEAR },
  { "matmul-vectors", "r = Reshape(x:1x6) shape=[6]; MatMul(r, w:6)", FL_CHECK_LINEAR },
  { "matmul-of-computed", "t = Transpose(x:1x3x4x5) perm=[0,1,3,2]; MatMul(x, t)" },
  { "matmul-attention",
    "q = MatMul(x:1x5x6, u:6x6); k = MatMul(x, v:6x6); v1 = MatMul(x, w:6x6); "
    "q1 = Reshape(q) shape=[1,5,2,3]; q2 = Transpose(q1) perm=[0,2,1,3]; "
    "k1 = Reshape(k) shape=[1,5,2,3]; k2 = Transpose(k1) perm=[0,2,3,1]; "
    "s = MatMul(q2, k2); d = Div(s, root=5.0); p = Softmax(d) axis=-1; "
    "v2 = Reshape(v1) shape=[1,5,2,3]; v3 = Transpose(v2) perm=[0,2,1,3]; o = MatMul(p, v3); "
    "o1 = Transpose(o) perm=[0,2,1,3]; Reshape(o1) shape=[1,5,6]" },
  { "matmul-large", "t = Transpose(x:1x48x20x21) perm=[0,2,3,1]; MatMul(t, w:48x300)",
    FL_CHECK_LINEAR | FL_CHECK_NO_DIFFERENCES },
  { "mean-all", "ReduceMean(x:1x3x4x5)", FL_CHECK_LINEAR },
  { "mean-all-dropped", "ReduceMean(x:1x3x4x5) keepdims=0", FL_CHECK_LINEAR },
  { "mean-pixels", "ReduceMean(x:1x3x4x5) axes=[2,3] keepdims=1", FL_CHECK_LINEAR },
  { "mean-pixels-dropped", "ReduceMean(x:1x3x4x5) axes=[-1,-2] keepdims=0", FL_CHECK_LINEAR },
  { "mean-channels", "ReduceMean(x:1x3x4x5) axes=[1]", FL_CHECK_LINEAR },
  { "mean-rows", "ReduceMean(x:1x3x4x5) axes=[2] keepdims=0", FL_CHECK_LINEAR },
  { "mean-batch-and-columns", "ReduceMean(x:2x3x4x5) axes=[0,3]", FL_CHECK_LINEAR },
  { "mean-large", "ReduceMean(x:1x33x60x61) axes=[2,3]",
    FL_CHECK_LINEAR | FL_CHECK_FEW_DIFFERENCES },
  { "mean-large-channels", "ReduceMean(x:1x33x60x61) axes=[1]",
    FL_CHECK_LINEAR | FL_CHECK_FEW_DIFFERENCES },
  { "mean-large-all", "ReduceMean(x:1x33x60x61)", FL_CHECK_LINEAR | FL_CHECK_FEW_DIFFERENCES },
  { "global-average", "GlobalAveragePool(x:1x3x4x5)", FL_CHECK_LINEAR },
  { "global-average-of-one", "GlobalAveragePool(x:1x3x1x1)", FL_CHECK_LINEAR },
  { "global-average-rank-3", "GlobalAveragePool(x:1x3x7)", FL_CHECK_LINEAR },
  { "softmax", "Softmax(x:1x7)" },
  { "softmax-channels", "Softmax(x:1x3x4x5~wide) axis=1" },
  { "softmax-columns", "Softmax(x:1x3x4x5) axis=-1" },
  { "softmax-rows", "Softmax(x:1x3x4x5) axis=2" },
  { "softmax-of-one", "Softmax(x:1x3x4x5) axis=0" },
  { "softmax-large", "Softmax(x:1x40x30x31) axis=1", FL_CHECK_FEW_DIFFERENCES },
  { "log-softmax", "LogSoftmax(x:1x7~wide)" },
  { "log-softmax-channels", "LogSoftmax(x:1x3x4x5~wide) axis=1" },
  { "log-softmax-rows", "LogSoftmax(x:1x3x4x5) axis=-2" },
  { "batch-norm", "BatchNormalization(x:1x3x4x5, s:3, b:3, mean:3, variance:3~positive)",
    FL_CHECK_LINEAR },
  { "batch-norm-epsilon",
    "BatchNormalization(x:1x3x4x5, s:3, b:3, mean:3, variance:3~positive) epsilon=0.25",
    FL_CHECK_LINEAR },
  { "batch-norm-vector", "BatchNormalization(x:1x6, s:6, b:6, mean:6, variance:6~positive)",
    FL_CHECK_LINEAR },
  { "batch-norm-one-channel",
    "BatchNormalization(x:1x1x4x5, s:1, b:1, mean:1, variance:1~positive)", FL_CHECK_LINEAR },
  { "batch-norm-rank-3", "BatchNormalization(x:2x3x4, s:3, b:3, mean:3, variance:3~positive)",
    FL_CHECK_LINEAR },
  { "batch-norm-large",
    "BatchNormalization(x:1x33x30x31, s:33, b:33, mean:33, variance:33~positive)",
    FL_CHECK_LINEAR | FL_CHECK_FEW_DIFFERENCES },
};

static const FlOperatorErrorCase errors[] = {
  { "Gemm(x:1x7, w:6x5)", "Gemm 'node': inputs 1x7 and 6x5 do not fit one another" },
  { "Gemm(x:1x7, w:7x5, b:4)", "do not fit" },
  { "Gemm(x:1x7, w:7x5, b:2x5)", "third input 2x5 does not fit its output 1x5" },
  { "Gemm(x:1x1x7, w:7x5)", "expected matrices" },
  { "MatMul(x:4x3, w:4x5)", "MatMul 'node': inputs 4x3 and 4x5 do not fit one another" },
  { "MatMul(x:2x4x3, w:3x3x5)", "do not fit one another" },
  { "MatMul(x:4x3, w:scalar)", "do not fit one another" },
  { "ReduceMean(x:1x3x4) axes=[3]", "axis 3 of a value of rank 3" },
  { "ReduceMean(x:1x3x4) axes=[1,-2]", "axis 1 is named twice" },
  { "GlobalAveragePool(x:1x3)", "rank 2" },
  { "Softmax(x:1x3) axis=2", "axis 2 of a value of rank 2" },
  { "LogSoftmax(x:1x3) axis=-3", "axis -3 of a value of rank 2" },
  { "BatchNormalization(x:1x3x4x5, s:4, b:3, mean:3, variance:3)",
    "scale is 4, its input has 3 channels" },
  { "BatchNormalization(x:1x3x4x5, s:3, b:3, mean:3, variance:3x1)", "variance is 3x1" },
  { "BatchNormalization(x:1x3x4x5, s:3, b:3, mean:3)", "BatchNormalization 'node'" },
};

static void
test_errors (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (errors); i++)
    fl_operator_error_case_check (&errors[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  fl_operator_cases_add ("sum-operators", G_N_ELEMENTS (cases), cases);
  g_test_add_func ("/graph/sum-operators/errors", test_errors);
  return g_test_run ();
}
