/* What nodes mean, above all where operator sets differ. */

#include "engine/core/error.h"
#include "tests/support/onnx-checks.h"

#include <math.h>

/* Before operator set 13 all axes from `axis` on are one. */
static void
test_old_softmax (void)
{
  g_autoptr (FlOnnxWriter) writer = fl_onnx_test_begin (11, "1,2,1,2");
  double sum = 1 + exp (.25) + exp (.5) + exp (.75);

  fl_onnx_writer_node (writer, "Softmax", "", "x", "p", "");
  fl_onnx_writer_node (writer, "Relu", "", "p", "y", "");
  fl_onnx_test_assert_computes (
      writer, 4, (const double[]){ 1 / sum, exp (.25) / sum, exp (.5) / sum, exp (.75) / sum });
}

static void
test_slice (void)
{
  const double expected[] = { .5, .75 };

  {
    g_autoptr (FlOnnxWriter) writer = fl_onnx_test_begin (9, "1,2,1,2");

    fl_onnx_writer_node (writer, "Slice", "", "x", "y", "starts:is=1 ends:is=9 axes:is=1");
    fl_onnx_test_assert_computes (writer, 2, expected);
  }
  {
    g_autoptr (FlOnnxWriter) writer = fl_onnx_test_begin (10, "1,2,1,2");

    fl_onnx_writer_integers (writer, "one", "1", (const gint64[]){ 1 });
    fl_onnx_writer_integers (writer, "end", "1", (const gint64[]){ G_MAXINT64 });
    fl_onnx_writer_node (writer, "Slice", "", "x one end one", "y", "");
    fl_onnx_test_assert_computes (writer, 2, expected);
  }
}

static void
test_pad (void)
{
  const double expected[] = { 3, 0, .25, 3 };

  {
    g_autoptr (FlOnnxWriter) writer = fl_onnx_test_begin (10, "1,1,1,2");

    fl_onnx_writer_node (writer, "Pad", "", "x", "y", "pads:is=0,0,0,1,0,0,0,1 value:f=3");
    fl_onnx_test_assert_computes (writer, 4, expected);
  }
  {
    g_autoptr (FlOnnxWriter) writer = fl_onnx_test_begin (11, "1,1,1,2");
    const float three = 3;

    fl_onnx_writer_integers (writer, "pads", "8", (const gint64[]){ 0, 0, 0, 1, 0, 0, 0, 1 });
    fl_onnx_writer_floats (writer, "three", "", &three);
    fl_onnx_writer_node (writer, "Pad", "", "x pads three", "y", "mode:s=constant");
    fl_onnx_test_assert_computes (writer, 4, expected);
  }
  {
    g_autoptr (FlOnnxWriter) writer = fl_onnx_test_begin (18, "1,1,1,2");
    const float three = 3;

    fl_onnx_writer_integers (writer, "pads", "2", (const gint64[]){ 1, 1 });
    fl_onnx_writer_integers (writer, "axes", "1", (const gint64[]){ -1 });
    fl_onnx_writer_floats (writer, "three", "", &three);
    fl_onnx_writer_node (writer, "Pad", "", "x pads three axes", "y", "");
    fl_onnx_test_assert_computes (writer, 4, expected);
  }
}

static void
test_clip (void)
{
  const double expected[] = { .25, .25, .5, .5 };

  {
    g_autoptr (FlOnnxWriter) writer = fl_onnx_test_begin (10, "1,1,1,4");

    fl_onnx_writer_node (writer, "Clip", "", "x", "y", "min:f=0.25 max:f=0.5");
    fl_onnx_test_assert_computes (writer, 4, expected);
  }
  {
    g_autoptr (FlOnnxWriter) writer = fl_onnx_test_begin (11, "1,1,1,4");
    const float low = 0.25f, high = 0.5f;

    fl_onnx_writer_floats (writer, "low", "", &low);
    fl_onnx_writer_floats (writer, "high", "", &high);
    fl_onnx_writer_node (writer, "Clip", "", "x low high", "y", "");
    fl_onnx_test_assert_computes (writer, 4, expected);
  }
  {
    g_autoptr (FlOnnxWriter) writer = fl_onnx_test_begin (11, "1,1,1,4");
    const float low = -INFINITY, high = 0.5f;

    fl_onnx_writer_floats (writer, "low", "", &low);
    fl_onnx_writer_floats (writer, "high", "", &high);
    fl_onnx_writer_node (writer, "Clip", "", "x low high", "y", "");
    fl_onnx_test_assert_computes (writer, 4, (const double[]){ 0, .25, .5, .5 });
  }
}

static void
test_squeeze_split_reduce (void)
{
  /* Two axes squeezed away, split in two uneven parts, the mean of the second. */
  const double expected[] = { .875 };

  {
    g_autoptr (FlOnnxWriter) writer = fl_onnx_test_begin (12, "1,1,1,5");

    fl_onnx_writer_node (writer, "Squeeze", "", "x", "s", "axes:is=1,2");
    fl_onnx_writer_node (writer, "Split", "", "s", "a b", "axis:i=1 split:is=3,2");
    fl_onnx_writer_node (writer, "ReduceMean", "", "b", "y", "axes:is=-1 keepdims:i=0");
    fl_onnx_test_assert_computes (writer, 1, expected);
  }
  {
    g_autoptr (FlOnnxWriter) writer = fl_onnx_test_begin (13, "1,1,1,5");

    fl_onnx_writer_integers (writer, "axes", "2", (const gint64[]){ 1, 2 });
    fl_onnx_writer_integers (writer, "split", "2", (const gint64[]){ 3, 2 });
    fl_onnx_writer_node (writer, "Squeeze", "", "x axes", "s", "");
    fl_onnx_writer_node (writer, "Split", "", "s split", "a b", "axis:i=1");
    fl_onnx_writer_node (writer, "ReduceMean", "", "b", "y", "axes:is=-1 keepdims:i=0");
    fl_onnx_test_assert_computes (writer, 1, expected);
  }
  {
    g_autoptr (FlOnnxWriter) writer = fl_onnx_test_begin (18, "1,1,1,5");

    fl_onnx_writer_integers (writer, "axes", "2", (const gint64[]){ 1, 2 });
    fl_onnx_writer_integers (writer, "last", "1", (const gint64[]){ -1 });
    fl_onnx_writer_node (writer, "Squeeze", "", "x axes", "s", "");
    fl_onnx_writer_node (writer, "Split", "", "s", "a b", "axis:i=1 num_outputs:i=2");
    fl_onnx_writer_node (writer, "ReduceMean", "", "b last", "y", "keepdims:i=0");
    fl_onnx_test_assert_computes (writer, 1, expected);
  }
}

static void
test_reduce_nothing (void)
{
  g_autoptr (FlOnnxWriter) writer = fl_onnx_test_begin (18, "1,1,1,2");

  fl_onnx_writer_node (writer, "ReduceMean", "", "x", "a", "noop_with_empty_axes:i=1");
  fl_onnx_writer_node (writer, "Relu", "", "a", "y", "");
  fl_onnx_test_assert_computes (writer, 2, (const double[]){ 0, .25 });
}

static void
test_batch_normalization (void)
{
  const float ones[] = { 1, 1 };
  const char *const inputs = "x scale bias mean var";

  for (int training = 0; training < 3; training++)
    {
      g_autoptr (FlOnnxWriter) writer = fl_onnx_test_begin (training == 2 ? 9 : 14, "1,2,1,1");

      fl_onnx_writer_floats (writer, "scale", "2", ones);
      fl_onnx_writer_floats (writer, "bias", "2", ones);
      fl_onnx_writer_floats (writer, "mean", "2", ones);
      fl_onnx_writer_floats (writer, "var", "2", ones);
      fl_onnx_writer_node (writer, "BatchNormalization", "bn", inputs, training > 0 ? "y m v" : "y",
                           training == 1 ? "training_mode:i=1" : "epsilon:f=3");
      if (training == 0)
        fl_onnx_test_assert_computes (writer, 2, (const double[]){ .5, .625 });
      else
        fl_onnx_test_assert_refused (
            writer, FL_ERROR_UNSUPPORTED,
            "net.onnx: unsupported operators: BatchNormalization in training mode "
            "('bn')");
    }
}

static void
test_dropout_is_seen_through (void)
{
  g_autoptr (FlOnnxWriter) writer = fl_onnx_test_begin (13, "1,1,1,2");

  fl_onnx_writer_node (writer, "Dropout", "", "x", "d mask", "");
  fl_onnx_writer_node (writer, "Relu", "", "d", "y", "");
  fl_onnx_test_assert_computes (writer, 2, (const double[]){ 0, .25 });
}

static void
test_sum_of_many (void)
{
  g_autoptr (FlOnnxWriter) writer = fl_onnx_test_begin (13, "1,1,1,2");
  const float two = 2, three = 3;

  fl_onnx_writer_floats (writer, "two", "", &two);
  fl_onnx_writer_floats (writer, "three", "", &three);
  fl_onnx_writer_node (writer, "Sum", "", "two three x x", "y", "");
  fl_onnx_test_assert_computes (writer, 2, (const double[]){ 5, 5.5 });
}

static void
test_concat_of_many (void)
{
  g_autoptr (FlOnnxWriter) writer = fl_onnx_test_begin (13, "1,1,1,1");
  g_autoptr (GString) inputs = g_string_new ("x");
  double expected[100] = { 0 };
  const float one = 1;

  fl_onnx_writer_floats (writer, "one", "1,1,1,1", &one);
  for (int i = 1; i < 100; i++)
    {
      g_string_append (inputs, i % 3 == 0 ? " one" : " x");
      expected[i] = i % 3 == 0;
    }
  fl_onnx_writer_node (writer, "Concat", "", inputs->str, "y", "axis:i=1");
  fl_onnx_test_assert_computes (writer, 100, expected);
}

/* What exporters write for x.view (x.size (0), -1): a shape that is computed, and folded away. */
static void
test_computed_shape (void)
{
  g_autoptr (FlOnnxWriter) writer = fl_onnx_test_begin (13, "?,2,1,2");
  g_autoptr (FlGraph) graph = NULL;

  fl_onnx_writer_node (writer, "Shape", "", "x", "shape", "");
  fl_onnx_writer_node (writer, "Constant", "", "", "zero", "value:t=0");
  fl_onnx_writer_node (writer, "Gather", "", "shape zero", "n", "");
  fl_onnx_writer_integers (writer, "axis", "1", (const gint64[]){ 0 });
  fl_onnx_writer_integers (writer, "rest", "1", (const gint64[]){ -1 });
  fl_onnx_writer_node (writer, "Unsqueeze", "", "n axis", "n1", "");
  fl_onnx_writer_node (writer, "Concat", "", "n1 rest", "to", "axis:i=0");
  fl_onnx_writer_node (writer, "Relu", "", "x", "r", "");
  fl_onnx_writer_node (writer, "Reshape", "", "r to", "y", "");
  graph = fl_onnx_test_load_well (writer);
  g_assert_cmpint (fl_graph_n_operators (graph), ==, 2);
  fl_onnx_test_assert_computes (writer, 4, (const double[]){ 0, .25, .5, .75 });
}

/* A convolution of constants on the way: computed by the graph's own operators while reading. */
static void
test_constant_convolution (void)
{
  g_autoptr (FlOnnxWriter) writer = fl_onnx_test_begin (13, "1,1,1,2");
  const float pair[] = { 1, 2 };
  const float three = 3;

  fl_onnx_writer_floats (writer, "picture", "1,1,1,2", pair);
  fl_onnx_writer_floats (writer, "w", "1,1,1,1", &three);
  fl_onnx_writer_node (writer, "Conv", "", "picture w", "c", "");
  fl_onnx_writer_node (writer, "Add", "", "x c", "y", "");
  fl_onnx_test_assert_computes (writer, 2, (const double[]){ 3, 6.25 });
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/formats/onnx-operators/old-softmax", test_old_softmax);
  g_test_add_func ("/formats/onnx-operators/slice", test_slice);
  g_test_add_func ("/formats/onnx-operators/pad", test_pad);
  g_test_add_func ("/formats/onnx-operators/clip", test_clip);
  g_test_add_func ("/formats/onnx-operators/squeeze-split-reduce", test_squeeze_split_reduce);
  g_test_add_func ("/formats/onnx-operators/reduce-nothing", test_reduce_nothing);
  g_test_add_func ("/formats/onnx-operators/batch-normalization", test_batch_normalization);
  g_test_add_func ("/formats/onnx-operators/dropout-is-seen-through", test_dropout_is_seen_through);
  g_test_add_func ("/formats/onnx-operators/sum-of-many", test_sum_of_many);
  g_test_add_func ("/formats/onnx-operators/concat-of-many", test_concat_of_many);
  g_test_add_func ("/formats/onnx-operators/computed-shape", test_computed_shape);
  g_test_add_func ("/formats/onnx-operators/constant-convolution", test_constant_convolution);
  return g_test_run ();
}
