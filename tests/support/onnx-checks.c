#include "tests/support/onnx-checks.h"

#include "engine/core/error.h"
#include "engine/graph/execution.h"
#include "engine/graph/plan.h"
#include "tests/support/test-data.h"

#include <math.h>

/* Sums of a few products of short numbers: one rounding in another order. */
#define TOLERANCE 1e-6

FlGraph *
fl_onnx_test_load (FlOnnxWriter *writer, int width, int height, FlOnnxNotes *notes, GError **error)
{
  g_autoptr (GBytes) bytes = fl_onnx_writer_bytes (writer);

  return fl_onnx_load_bytes (bytes, "/nowhere/net.onnx", width, height, notes, error);
}

FlGraph *
fl_onnx_test_load_well (FlOnnxWriter *writer)
{
  g_autoptr (GError) error = NULL;
  FlGraph *graph = fl_onnx_test_load (writer, 0, 0, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (graph);
  return graph;
}

void
fl_onnx_test_assert_refused (FlOnnxWriter *writer, int code, const char *message)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (fl_onnx_test_load (writer, 0, 0, NULL, &error));
  g_assert_error (error, FL_ERROR, code);
  g_assert_cmpstr (error->message, ==, message);
  g_assert_true (fl_test_error_is_clear (error));
}

FlOnnxWriter *
fl_onnx_test_begin (int opset, const char *shape)
{
  FlOnnxWriter *writer = fl_onnx_writer_new (opset);

  fl_onnx_writer_input (writer, "x", 1, shape);
  fl_onnx_writer_output (writer, "y");
  return writer;
}

void
fl_onnx_test_assert_computes (FlOnnxWriter *writer, int n, const double *expected)
{
  g_autoptr (FlGraph) graph = fl_onnx_test_load_well (writer);
  g_autoptr (FlPlan) plan = fl_plan_new (graph, FL_PLAN_FORWARD_ONLY);
  FlPool *pool = fl_pool_new (1);
  FlExecution *execution = fl_execution_new (plan, pool);
  g_autoptr (FlTensor) input = NULL;
  g_autoptr (GError) error = NULL;
  int channels, height, width;

  fl_graph_input_size (graph, &channels, &height, &width);
  input = fl_tensor_new (3, (gint64[]){ channels, height, width });
  for (gsize i = 0; i < fl_tensor_size (input); i++)
    fl_tensor_data_writable (input)[i] = 0.25f * (float) i;
  fl_execution_forward (execution, input, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (fl_graph_n_classes (graph), ==, n);
  for (int i = 0; i < n; i++)
    g_assert_cmpfloat_with_epsilon ((double) fl_execution_logits (execution)[i], expected[i],
                                    TOLERANCE * MAX (1, fabs (expected[i])));
  fl_execution_free (execution);
  fl_pool_free (pool);
}
