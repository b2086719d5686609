#include "engine/graph/execution.h"
#include "tests/support/network-script.h"
#include "tests/support/operator-checks.h"

static const FlOperatorCase convolutions[] = {
  { "1x1", "Conv(x:1x3x5x4, w:6x3x1x1)", FL_CHECK_LINEAR },
  { "1x1-bias", "Conv(x:1x3x5x4, w:6x3x1x1, b:6)", FL_CHECK_LINEAR },
  { "1x1-stride-2", "Conv(x:1x3x5x6, w:4x3x1x1, b:4) strides=[2,2]", FL_CHECK_LINEAR },
  { "1x1-stride-3", "Conv(x:1x3x7x8, w:4x3x1x1) strides=[3,3]", FL_CHECK_LINEAR },
  { "1x1-padded", "Conv(x:1x3x4x4, w:4x3x1x1, b:4) pads=[1,1,1,1]", FL_CHECK_LINEAR },
  { "2x2", "Conv(x:1x2x5x5, w:3x2x2x2) pads=[0,0,1,1]", FL_CHECK_LINEAR },
  { "3x3", "Conv(x:1x3x6x5, w:4x3x3x3, b:4)", FL_CHECK_LINEAR },
  { "3x3-padded", "Conv(x:1x3x6x5, w:4x3x3x3, b:4) pads=[1,1,1,1]", FL_CHECK_LINEAR },
  { "3x3-stride-2", "Conv(x:1x3x7x8, w:4x3x3x3) pads=[1,1,1,1] strides=[2,2]", FL_CHECK_LINEAR },
  { "3x3-strides-2-1", "Conv(x:1x3x7x8, w:4x3x3x3) strides=[2,1]", FL_CHECK_LINEAR },
  { "3x3-stride-3", "Conv(x:1x2x9x8, w:3x2x3x3) pads=[1,1,1,1] strides=[3,3]", FL_CHECK_LINEAR },
  { "3x3-dilated", "Conv(x:1x3x9x8, w:4x3x3x3) pads=[2,2,2,2] dilations=[2,2]", FL_CHECK_LINEAR },
  { "3x3-dilations-1-3", "Conv(x:1x2x6x9, w:2x2x3x3) dilations=[1,3]", FL_CHECK_LINEAR },
  { "3x3-dilated-stride-2",
    "Conv(x:1x2x11x12, w:3x2x3x3) pads=[2,2,2,2] dilations=[2,2] strides=[2,2]", FL_CHECK_LINEAR },
  { "3x3-uneven-pads", "Conv(x:1x3x5x5, w:4x3x3x3, b:4) pads=[0,2,1,0]", FL_CHECK_LINEAR },
  { "3x3-uneven-pads-stride-2", "Conv(x:1x3x8x8, w:4x3x3x3) pads=[0,0,1,1] strides=[2,2]",
    FL_CHECK_LINEAR },
  { "4x4-stride-4", "Conv(x:1x3x8x12, w:5x3x4x4, b:5) strides=[4,4]", FL_CHECK_LINEAR },
  { "5x5", "Conv(x:1x2x8x7, w:3x2x5x5) pads=[2,2,2,2]", FL_CHECK_LINEAR },
  { "7x7-stride-2", "Conv(x:1x3x13x14, w:4x3x7x7) pads=[3,3,3,3] strides=[2,2]", FL_CHECK_LINEAR },
  { "1x7", "Conv(x:1x4x5x8, w:3x4x1x7) pads=[0,3,0,3]", FL_CHECK_LINEAR },
  { "7x1", "Conv(x:1x4x8x5, w:3x4x7x1, b:3) pads=[3,0,3,0]", FL_CHECK_LINEAR },
  { "tiny-map", "Conv(x:1x5x1x1, w:4x5x3x3, b:4) pads=[1,1,1,1]", FL_CHECK_LINEAR },
  { "tiny-map-1x1", "Conv(x:1x5x1x1, w:4x5x1x1, b:4)", FL_CHECK_LINEAR },
  { "narrow-map", "Conv(x:1x3x2x9, w:4x3x5x3) pads=[2,1,2,1]", FL_CHECK_LINEAR },
  { "one-channel", "Conv(x:1x1x6x6, w:8x1x3x3, b:8) pads=[1,1,1,1]", FL_CHECK_LINEAR },
  { "one-filter", "Conv(x:1x5x6x6, w:1x5x3x3, b:1) pads=[1,1,1,1]", FL_CHECK_LINEAR },
  { "wide-padding", "Conv(x:1x2x3x3, w:3x2x3x3) pads=[4,4,4,4]", FL_CHECK_LINEAR },
  { "groups-2", "Conv(x:1x6x5x5, w:4x3x3x3, b:4) group=2 pads=[1,1,1,1]", FL_CHECK_LINEAR },
  { "groups-3-stride-2", "Conv(x:1x6x7x7, w:9x2x3x3) group=3 pads=[1,1,1,1] strides=[2,2]",
    FL_CHECK_LINEAR },
  { "groups-1x1", "Conv(x:1x8x4x4, w:12x2x1x1, b:12) group=4", FL_CHECK_LINEAR },
  { "groups-dilated", "Conv(x:1x4x8x8, w:4x2x3x3) group=2 dilations=[2,2] pads=[2,2,2,2]",
    FL_CHECK_LINEAR },
  { "depth-wise", "Conv(x:1x6x5x6, w:6x1x3x3, b:6) group=6 pads=[1,1,1,1]", FL_CHECK_LINEAR },
  { "depth-wise-stride-2", "Conv(x:1x6x8x7, w:6x1x3x3) group=6 pads=[1,1,1,1] strides=[2,2]",
    FL_CHECK_LINEAR },
  { "depth-wise-dilated", "Conv(x:1x5x9x9, w:5x1x3x3) group=5 pads=[2,2,2,2] dilations=[2,2]",
    FL_CHECK_LINEAR },
  { "depth-wise-multiplier", "Conv(x:1x4x5x5, w:12x1x3x3, b:12) group=4 pads=[1,1,1,1]",
    FL_CHECK_LINEAR },
  { "depth-wise-7x7", "Conv(x:1x5x9x8, w:5x1x7x7, b:5) group=5 pads=[3,3,3,3]", FL_CHECK_LINEAR },
  { "depth-wise-5x5-uneven", "Conv(x:1x5x9x8, w:5x1x5x5) group=5 pads=[1,2,2,1] strides=[2,2]",
    FL_CHECK_LINEAR },
  { "depth-wise-1x1", "Conv(x:1x5x4x4, w:5x1x1x1, b:5) group=5", FL_CHECK_LINEAR },
  { "same-upper", "Conv(x:1x3x7x6, w:4x3x3x3) auto_pad=SAME_UPPER strides=[2,2]", FL_CHECK_LINEAR },
  { "same-lower", "Conv(x:1x3x7x6, w:4x3x3x3) auto_pad=SAME_LOWER strides=[2,2]", FL_CHECK_LINEAR },
  { "same-upper-even-kernel", "Conv(x:1x3x7x6, w:4x3x4x2) auto_pad=SAME_UPPER", FL_CHECK_LINEAR },
  { "valid", "Conv(x:1x3x7x6, w:4x3x3x3) auto_pad=VALID pads=[1,1,1,1]", FL_CHECK_LINEAR },
  { "notset", "Conv(x:1x3x7x6, w:4x3x3x3) auto_pad=NOTSET pads=[1,1,1,1]", FL_CHECK_LINEAR },
  { "shared-weight",
    "y = Conv(x:1x3x5x5, w:3x3x3x3, b:3) pads=[1,1,1,1]; Conv(y, w) "
    "pads=[1,1,1,1]",
    FL_CHECK_NO_DIFFERENCES },
  { "large-3x3", "Conv(x:1x24x30x29, w:20x24x3x3, b:20) pads=[1,1,1,1]",
    FL_CHECK_LINEAR | FL_CHECK_NO_DIFFERENCES },
  { "large-1x1", "Conv(x:1x70x28x27, w:65x70x1x1, b:65)",
    FL_CHECK_LINEAR | FL_CHECK_NO_DIFFERENCES },
  { "large-7x7-stride-2", "Conv(x:1x3x61x62, w:33x3x7x7, b:33) pads=[3,3,3,3] strides=[2,2]",
    FL_CHECK_LINEAR | FL_CHECK_NO_DIFFERENCES },
  { "large-groups", "Conv(x:1x64x20x21, w:64x16x3x3) group=4 pads=[1,1,1,1]",
    FL_CHECK_LINEAR | FL_CHECK_NO_DIFFERENCES },
  { "large-depth-wise", "Conv(x:1x72x31x30, w:72x1x5x5, b:72) group=72 pads=[2,2,2,2]",
    FL_CHECK_LINEAR | FL_CHECK_NO_DIFFERENCES },
};

static const FlOperatorCase poolings[] = {
  { "max-2x2", "MaxPool(x:1x3x6x5) kernel_shape=[2,2] strides=[2,2]" },
  { "max-3x3-stride-2", "MaxPool(x:1x3x7x8) kernel_shape=[3,3] strides=[2,2] pads=[1,1,1,1]" },
  { "max-3x3-stride-1", "MaxPool(x:1x3x5x6) kernel_shape=[3,3] pads=[1,1,1,1]" },
  { "max-ceil", "MaxPool(x:1x3x8x7) kernel_shape=[3,3] strides=[2,2] ceil_mode=1" },
  { "max-ceil-padded",
    "MaxPool(x:1x3x6x6) kernel_shape=[3,3] strides=[2,2] pads=[1,1,1,1] ceil_mode=1" },
  { "max-ceil-last-window-outside",
    "MaxPool(x:1x3x6x6) kernel_shape=[2,2] strides=[4,4] pads=[1,1,1,1] ceil_mode=1" },
  { "max-ceil-window-past-the-end",
    "MaxPool(x:1x3x2x5) kernel_shape=[3,3] strides=[2,2] ceil_mode=1" },
  { "max-dilated", "MaxPool(x:1x3x9x8) kernel_shape=[3,3] dilations=[2,2] pads=[1,1,1,1]" },
  { "max-dilated-ceil",
    "MaxPool(x:1x2x10x9) kernel_shape=[2,3] dilations=[3,2] strides=[2,2] ceil_mode=1" },
  { "max-uneven-pads", "MaxPool(x:1x3x6x6) kernel_shape=[3,3] strides=[2,2] pads=[0,0,1,1]" },
  { "max-1x3", "MaxPool(x:1x3x4x6) kernel_shape=[1,3] strides=[1,2]" },
  { "max-same-upper", "MaxPool(x:1x3x7x6) kernel_shape=[3,3] strides=[2,2] auto_pad=SAME_UPPER" },
  { "max-same-lower", "MaxPool(x:1x3x6x7) kernel_shape=[2,2] auto_pad=SAME_LOWER" },
  { "max-valid", "MaxPool(x:1x3x6x7) kernel_shape=[3,3] strides=[2,2] auto_pad=VALID" },
  { "max-whole-map", "MaxPool(x:1x3x4x5) kernel_shape=[4,5]" },
  { "max-large", "MaxPool(x:1x70x30x31) kernel_shape=[3,3] strides=[2,2] pads=[1,1,1,1]",
    FL_CHECK_NO_DIFFERENCES },
  { "average-2x2", "AveragePool(x:1x3x6x5) kernel_shape=[2,2] strides=[2,2]", FL_CHECK_LINEAR },
  { "average-padded", "AveragePool(x:1x3x7x8) kernel_shape=[3,3] strides=[2,2] pads=[1,1,1,1]",
    FL_CHECK_LINEAR },
  { "average-count-pads",
    "AveragePool(x:1x3x7x8) kernel_shape=[3,3] pads=[1,1,1,1] count_include_pad=1",
    FL_CHECK_LINEAR },
  { "average-ceil", "AveragePool(x:1x3x8x7) kernel_shape=[3,3] strides=[2,2] ceil_mode=1",
    FL_CHECK_LINEAR },
  { "average-ceil-count-pads",
    "AveragePool(x:1x3x8x9) kernel_shape=[3,3] strides=[2,2] pads=[1,1,1,1] ceil_mode=1 "
    "count_include_pad=1",
    FL_CHECK_LINEAR },
  { "average-ceil-count-uneven-pads",
    "AveragePool(x:1x3x8x9) kernel_shape=[4,3] strides=[3,3] pads=[1,0,2,1] ceil_mode=1 "
    "count_include_pad=1",
    FL_CHECK_LINEAR },
  { "average-same-upper",
    "AveragePool(x:1x3x7x6) kernel_shape=[3,3] strides=[2,2] auto_pad=SAME_UPPER",
    FL_CHECK_LINEAR },
  { "average-same-lower-count-pads",
    "AveragePool(x:1x3x7x6) kernel_shape=[4,2] strides=[2,2] auto_pad=SAME_LOWER "
    "count_include_pad=1",
    FL_CHECK_LINEAR },
  { "average-whole-map", "AveragePool(x:1x3x5x4) kernel_shape=[5,4]", FL_CHECK_LINEAR },
  { "average-large", "AveragePool(x:1x70x30x31) kernel_shape=[3,3] strides=[2,2] pads=[1,1,1,1]",
    FL_CHECK_LINEAR | FL_CHECK_NO_DIFFERENCES },
};

static const FlOperatorErrorCase errors[] = {
  { "Conv(x:1x3x5x5, w:4x2x3x3)", "Conv 'node': weight has 2 input channels" },
  { "Conv(x:1x3x5x5, w:4x3x3x3, b:5)", "bias must be a constant of 4 numbers" },
  { "Conv(x:1x3x5x5, w:4x3x7x7)", "does not fit" },
  { "Conv(x:1x4x5x5, w:3x2x3x3) group=2", "3 filters in 2 groups" },
  { "Conv(x:1x4x5x5, w:4x4x3x3) group=0", "in 0 groups" },
  { "Conv(x:1x4x5x5, w:4x4x3x3) strides=[0,1]", "strides is 0" },
  { "Conv(x:1x4x5x5, w:4x4x3x3) strides=[1,1,1]", "strides has 3 numbers, expected 2" },
  { "Conv(x:1x4x5x5, w:4x4x3x3) dilations=[0,1]", "dilations is 0" },
  { "Conv(x:1x4x5x5, w:4x4x3x3) pads=[-1,0,0,0]", "pads is -1" },
  { "Conv(x:1x4x5x5, w:4x4x3x3) kernel_shape=[5,5]", "kernel_shape differs" },
  { "Conv(x:1x4x5x5, w:4x4x3x3) auto_pad=SAME", "auto_pad is 'SAME'" },
  { "Conv(x:1x4x5, w:4x4x3)", "rank 3" },
  { "y = Relu(x:1x3x3x3); Conv(x, y)", "computed from the input" },
  { "MaxPool(x:1x3x2x2) kernel_shape=[3,3]", "MaxPool 'node': a window that spans 3 does not fit" },
  { "MaxPool(x:1x3x4x4)", "kernel_shape has 0 numbers, expected 2" },
  { "MaxPool(x:1x3x4x4) kernel_shape=[0,2]", "window of 0" },
  { "MaxPool(x:1x3x4x4) kernel_shape=[2,2] pads=[2,0,0,0]", "expected less than the window's 2" },
  { "MaxPool(x:1x3x4x4) kernel_shape=[2,2] strides=[1,9223372036854775807]", "strides is" },
  { "AveragePool(x:1x3x4) kernel_shape=[2]", "rank 3" },
  { "y, i = MaxPool(x:1x3x4x4) kernel_shape=[2,2]", "without indices" },
};

static void
test_errors (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (errors); i++)
    fl_operator_error_case_check (&errors[i]);
}

/* Of equal maxima the first in row-major order gets the gradient. */
static void
test_ties (void)
{
  static const float x[] = {
    0, 1, 1, 1, /* the 1 at the top of each window comes first */
    1, 0, 1, 1, /**/
    2, 2, 0, 0, /**/
    2, 2, 0, 0, /* all equal: the corner */
  };
  static const float expected[] = {
    0, 1, 2, 0, /**/
    0, 0, 0, 0, /**/
    3, 0, 4, 0, /**/
    0, 0, 0, 0, /**/
  };
  static const float gradient[] = { 1, 2, 3, 4 };
  g_autoptr (FlNetworkScript) script
      = fl_network_script_new ("MaxPool(x:1x1x4x4) kernel_shape=[2,2] strides=[2,2]");
  g_autoptr (FlGraph) graph = fl_network_script_build (script, NULL);
  g_autoptr (FlPlan) plan = fl_plan_new (graph, FL_PLAN_KEEP);
  FlPool *pool = fl_pool_new (1);
  FlExecution *execution = fl_execution_new (plan, pool);
  g_autoptr (FlTensor) input = fl_tensor_new_from_data (4, (gint64[]){ 1, 1, 4, 4 }, x);
  g_autoptr (FlGradients) gradients = NULL;

  g_assert_true (fl_execution_forward (execution, input, NULL, NULL));
  gradients = fl_execution_backward (execution, gradient, FL_GRADIENT_INPUT, NULL, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (expected); i++)
    g_assert_cmpfloat (fl_tensor_data (gradients->input)[i], ==, expected[i]);
  fl_execution_free (execution);
  fl_pool_free (pool);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  fl_operator_cases_add ("window-operators/conv", G_N_ELEMENTS (convolutions), convolutions);
  fl_operator_cases_add ("window-operators/pool", G_N_ELEMENTS (poolings), poolings);
  g_test_add_func ("/graph/window-operators/errors", test_errors);
  g_test_add_func ("/graph/window-operators/ties", test_ties);
  return g_test_run ();
}
