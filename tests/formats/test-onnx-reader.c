#include "engine/formats/onnx-reader.h"

#include "engine/core/error.h"
#include "tests/support/onnx-checks.h"
#include "tests/support/test-data.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#define FLOAT 1

static void
assert_layers (FlGraph *graph, int n, const char *const *names)
{
  g_assert_cmpint (fl_graph_n_layers (graph), ==, n);
  for (int i = 0; i < n; i++)
    g_assert_cmpstr (fl_graph_layer (graph, i)->name, ==, names[i]);
}

/* ---- names ---- */

static void
test_names_of_weights (void)
{
  g_autoptr (FlOnnxWriter) writer = fl_onnx_test_begin (13, "1,1,4,4");
  g_autoptr (FlGraph) graph = NULL;

  fl_onnx_writer_weight (writer, "stem.weight", "2,1,3,3");
  fl_onnx_writer_weight (writer, "t0", "2,2,1,1");
  fl_onnx_writer_weight (writer, "t1", "2,2,1,1");
  fl_onnx_writer_node (writer, "Conv", "first", "x stem.weight", "a", "");
  fl_onnx_writer_node (writer, "Conv", "second", "a t0", "b", "");
  fl_onnx_writer_node (writer, "Conv", "", "b t1", "y", "");
  graph = fl_onnx_test_load_well (writer);
  assert_layers (graph, 3, (const char *const[]){ "stem", "second", "y" });
}

/* Exporters pass identical initialisers through Identity: the name is that of its output. */
static void
test_names_through_identity (void)
{
  g_autoptr (FlOnnxWriter) writer = fl_onnx_test_begin (13, "1,2,4,4");
  g_autoptr (FlGraph) graph = NULL;

  fl_onnx_writer_weight (writer, "one.weight", "2,2,1,1");
  fl_onnx_writer_node (writer, "Identity", "", "one.weight", "two.weight", "");
  fl_onnx_writer_node (writer, "Conv", "", "x two.weight", "a", "");
  fl_onnx_writer_node (writer, "Conv", "", "a one.weight", "b", "");
  fl_onnx_writer_node (writer, "Conv", "", "b two.weight", "y", "");
  graph = fl_onnx_test_load_well (writer);
  assert_layers (graph, 2, (const char *const[]){ "two", "one" });
  g_assert_cmpint (fl_graph_layer (graph, 0)->n_operators, ==, 2);
  g_assert_cmpint (fl_graph_layer (graph, 1)->n_operators, ==, 1);
}

static void
test_names_of_quantised_weights (void)
{
  g_autoptr (FlOnnxWriter) writer = fl_onnx_test_begin (13, "1,1,2,2");
  g_autoptr (FlGraph) graph = NULL;
  GByteArray *tensor = fl_onnx_write_tensor ("conv_q", 3, 4, (gint64[]){ 2, 1, 1, 1 });
  GByteArray *zero = fl_onnx_write_tensor ("zero", 3, 1, (gint64[]){ 2 });
  const float scales[] = { 0.5f, 0.25f };
  const float *data;

  fl_wire_bytes (tensor, 9, (const gint8[]){ -128, 127 }, 2);
  fl_wire_bytes (zero, 9, (const gint8[]){ 0, 7 }, 2);
  fl_onnx_writer_tensor (writer, tensor);
  fl_onnx_writer_tensor (writer, zero);
  fl_onnx_writer_floats (writer, "scale", "2", scales);
  fl_onnx_writer_node (writer, "DequantizeLinear", "", "conv_q scale zero", "conv.weight",
                       "axis:i=0");
  fl_onnx_writer_node (writer, "Conv", "", "x conv.weight", "y", "");
  graph = fl_onnx_test_load_well (writer);
  assert_layers (graph, 1, (const char *const[]){ "conv" });
  data = fl_tensor_data (fl_graph_weight (graph, fl_graph_layer (graph, 0)->weight));
  g_assert_cmpfloat ((double) data[0], ==, -64);
  g_assert_cmpfloat ((double) data[1], ==, 30);
}

/* ---- inputs and outputs ---- */

static void
test_free_axes (void)
{
  g_autoptr (FlOnnxWriter) writer = fl_onnx_test_begin (13, "?,3,?,?");
  FlOnnxNotes notes = { 0 };
  g_autoptr (FlGraph) graph = NULL;
  g_autoptr (GError) error = NULL;
  int channels, height, width;

  fl_onnx_writer_node (writer, "Relu", "", "x", "y", "");
  graph = fl_onnx_test_load (writer, 5, 7, &notes, &error);
  g_assert_no_error (error);
  fl_graph_input_size (graph, &channels, &height, &width);
  g_assert_cmpint (channels, ==, 3);
  g_assert_cmpint (height, ==, 7);
  g_assert_cmpint (width, ==, 5);
  g_assert_true (notes.free_axes);
  fl_onnx_notes_clear (&notes);
  fl_onnx_test_assert_refused (
      writer, FL_ERROR_UNSUPPORTED,
      "net.onnx: input 'x' leaves its height axis open, expected a number there or in "
      "the network's card");
}

static void
test_free_batch_is_one (void)
{
  g_autoptr (FlOnnxWriter) writer = fl_onnx_test_begin (13, "?,1,2,2");
  FlOnnxNotes notes = { 0 };
  g_autoptr (FlGraph) graph = NULL;
  g_autoptr (GError) error = NULL;

  fl_onnx_writer_node (writer, "Relu", "", "x", "y", "");
  graph = fl_onnx_test_load (writer, 0, 0, &notes, &error);
  g_assert_no_error (error);
  g_assert_false (notes.free_axes);
}

static void
test_other_inputs (void)
{
  const struct
  {
    const char *shape;
    const char *message;
  } cases[] = {
    { "2,1,4,4", "net.onnx: input 'x' has 2 elements along axis 0 (batch), expected a batch of 1" },
    { "1,?,4,4", "net.onnx: input 'x' leaves its channel axis open, expected a number" },
    { "1,784", "net.onnx: input 'x' has 2 axes, expected 4: batch, channels, height, width" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (FlOnnxWriter) writer = fl_onnx_test_begin (13, cases[i].shape);

      fl_onnx_writer_node (writer, "Relu", "", "x", "y", "");
      fl_onnx_test_assert_refused (writer, FL_ERROR_UNSUPPORTED, cases[i].message);
    }
}

static void
test_several_inputs (void)
{
  g_autoptr (FlOnnxWriter) writer = fl_onnx_test_begin (13, "1,1,2,2");

  fl_onnx_writer_input (writer, "mask", FLOAT, "1,1,2,2");
  fl_onnx_writer_node (writer, "Add", "", "x mask", "y", "");
  fl_onnx_test_assert_refused (
      writer, FL_ERROR_UNSUPPORTED,
      "net.onnx: the network has several inputs ('x', 'mask'), expected one picture");
}

static void
test_unused_input (void)
{
  g_autoptr (FlOnnxWriter) writer = fl_onnx_test_begin (13, "1,1,1,2");

  fl_onnx_writer_input (writer, "unused", 7, "1");
  fl_onnx_writer_node (writer, "Relu", "", "x", "y", "");
  fl_onnx_test_assert_computes (writer, 2, (const double[]){ 0, .25 });
}

static void
test_integer_input (void)
{
  g_autoptr (FlOnnxWriter) writer = fl_onnx_writer_new (13);

  fl_onnx_writer_input (writer, "x", 2, "1,1,2,2");
  fl_onnx_writer_output (writer, "y");
  fl_onnx_writer_node (writer, "Cast", "", "x", "y", "to:i=1");
  fl_onnx_test_assert_refused (writer, FL_ERROR_UNSUPPORTED,
                               "net.onnx: input 'x' has type uint8, expected float");
}

/* Files before IR version 4 list initialisers among the inputs. */
static void
test_initialisers_among_inputs (void)
{
  g_autoptr (FlOnnxWriter) writer = fl_onnx_writer_new (7);
  g_autoptr (FlGraph) graph = NULL;

  fl_onnx_writer_input (writer, "w", FLOAT, "1,1,1,1");
  fl_onnx_writer_input (writer, "x", FLOAT, "1,1,2,2");
  fl_onnx_writer_output (writer, "y");
  fl_onnx_writer_weight (writer, "w", "1,1,1,1");
  fl_onnx_writer_node (writer, "Conv", "c", "x w", "y", "");
  graph = fl_onnx_test_load_well (writer);
  assert_layers (graph, 1, (const char *const[]){ "c" });
}

static void
test_other_heads_do_not_matter (void)
{
  g_autoptr (FlOnnxWriter) writer = fl_onnx_test_begin (13, "1,1,1,2");

  fl_onnx_writer_output (writer, "aux");
  fl_onnx_writer_node (writer, "LSTM", "", "x", "aux", "");
  fl_onnx_writer_node (writer, "Relu", "", "x", "y", "");
  fl_onnx_test_assert_computes (writer, 2, (const double[]){ 0, .25 });
}

static void
test_constant_output (void)
{
  g_autoptr (FlOnnxWriter) writer = fl_onnx_test_begin (13, "1,1,1,2");

  fl_onnx_writer_node (writer, "Shape", "", "x", "y", "");
  fl_onnx_test_assert_refused (
      writer, FL_ERROR_UNSUPPORTED,
      "net.onnx: the output does not depend on the input, expected a network");
}

/* ---- the softmax at the end ---- */

static void
test_softmax_is_set_aside (void)
{
  g_autoptr (FlOnnxWriter) writer = fl_onnx_test_begin (13, "1,3,1,1");
  FlOnnxNotes notes = { 0 };
  g_autoptr (FlGraph) graph = NULL;
  g_autoptr (GError) error = NULL;

  fl_onnx_writer_node (writer, "Softmax", "prob", "x", "p", "axis:i=1");
  fl_onnx_writer_node (writer, "Flatten", "", "p", "q", "");
  fl_onnx_writer_node (writer, "Identity", "", "q", "y", "");
  graph = fl_onnx_test_load (writer, 0, 0, &notes, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (notes.set_aside, ==, "prob");
  fl_onnx_notes_clear (&notes);
  fl_onnx_test_assert_computes (writer, 3, (const double[]){ 0, .25, .5 });
}

static void
test_softmax_of_each_pixel_stays (void)
{
  g_autoptr (FlOnnxWriter) writer = fl_onnx_test_begin (13, "1,2,1,2");
  FlOnnxNotes notes = { 0 };
  g_autoptr (FlGraph) graph = NULL;
  g_autoptr (GError) error = NULL;
  double p = 1 / (1 + exp (.5));

  fl_onnx_writer_node (writer, "Softmax", "", "x", "y", "axis:i=1");
  graph = fl_onnx_test_load (writer, 0, 0, &notes, &error);
  g_assert_no_error (error);
  g_assert_null (notes.set_aside);
  fl_onnx_test_assert_computes (writer, 4, (const double[]){ p, p, 1 - p, 1 - p });
}

static void
test_softmax_inside_stays (void)
{
  g_autoptr (FlOnnxWriter) writer = fl_onnx_test_begin (13, "1,2,1,1");
  double p = 1 / (1 + exp (.25));

  fl_onnx_writer_node (writer, "Softmax", "", "x", "p", "axis:i=1");
  fl_onnx_writer_node (writer, "Add", "", "p p", "y", "");
  fl_onnx_test_assert_computes (writer, 2, (const double[]){ 2 * p, 2 - 2 * p });
}

/* ---- errors ---- */

static void
test_unsupported_are_listed (void)
{
  g_autoptr (FlOnnxWriter) writer = fl_onnx_test_begin (13, "1,1,2,2");
  g_autoptr (GString) sum = g_string_new (NULL);

  for (int i = 0; i < 12; i++)
    {
      g_autofree char *name = g_strdup_printf ("node%d", i);

      fl_onnx_writer_node (writer, i % 2 == 0 ? "Resize" : "Einsum", name, "x", name, "");
      g_string_append_printf (sum, "%s%s", i > 0 ? " " : "", name);
    }
  fl_onnx_writer_node (writer, "Sum", "", sum->str, "s", "");
  fl_onnx_writer_node (writer, "Floor", "e", "x", "f", "");
  fl_onnx_writer_node (writer, "Add", "", "s f", "y", "");
  fl_onnx_test_assert_refused (
      writer, FL_ERROR_UNSUPPORTED,
      "net.onnx: unsupported operators: Resize ('node0', 'node2', 'node4', 'node6', "
      "'node8', 'node10'), Einsum ('node1', 'node3', 'node5', 'node7', 'node9', "
      "'node11'), Floor of computed values ('e')");
}

/* What the graph does not take stands in the list as well. */
static void
test_unsupported_forms_are_listed (void)
{
  g_autoptr (FlOnnxWriter) writer = fl_onnx_test_begin (13, "1,1,4,4");
  g_autoptr (GError) error = NULL;

  fl_onnx_writer_weight (writer, "w", "1,1,3");
  fl_onnx_writer_node (writer, "Conv", "c", "x w", "a", "");
  fl_onnx_writer_node (writer, "Conv", "d", "x w", "b", "");
  fl_onnx_writer_node (writer, "Add", "", "a b", "y", "");
  g_assert_null (fl_onnx_test_load (writer, 0, 0, NULL, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_UNSUPPORTED);
  g_assert_true (
      g_str_has_prefix (error->message, "net.onnx: unsupported operators: Conv: input of rank 4"));
  g_assert_true (g_str_has_suffix (error->message, " ('c', 'd')"));
}

static void
test_long_lists_are_cut (void)
{
  g_autoptr (FlOnnxWriter) writer = fl_onnx_test_begin (13, "1,1,2,2");
  g_autoptr (GError) error = NULL;

  for (int i = 0; i < 45; i++)
    {
      g_autofree char *name = g_strdup_printf ("n%d", i);
      g_autofree char *before = g_strdup_printf ("n%d", i - 1);

      fl_onnx_writer_node (writer, "LSTM", name, i > 0 ? before : "x", name, "");
    }
  fl_onnx_writer_node (writer, "Relu", "", "n44", "y", "");
  g_assert_null (fl_onnx_test_load (writer, 0, 0, NULL, &error));
  g_assert_true (g_str_has_suffix (error->message, "'n7' and 37 more)"));
}

static void
test_order_of_nodes (void)
{
  g_autoptr (FlOnnxWriter) writer = fl_onnx_test_begin (13, "1,1,2,2");

  fl_onnx_writer_node (writer, "Relu", "second", "a", "y", "");
  fl_onnx_writer_node (writer, "Relu", "first", "x", "a", "");
  fl_onnx_test_assert_refused (
      writer, FL_ERROR_MALFORMED,
      "net.onnx: Relu 'second': input 'a' is made by a later node, expected an earlier "
      "one");
}

static void
test_ring_of_nodes (void)
{
  g_autoptr (FlOnnxWriter) writer = fl_onnx_test_begin (13, "1,1,2,2");

  fl_onnx_writer_node (writer, "Add", "p", "x b", "a", "");
  fl_onnx_writer_node (writer, "Identity", "q", "a", "b", "");
  fl_onnx_writer_node (writer, "Identity", "r", "b", "y", "");
  fl_onnx_test_assert_refused (
      writer, FL_ERROR_MALFORMED,
      "net.onnx: Add 'p': input 'b' is made by a later node, expected an earlier one");
}

static void
test_missing_values (void)
{
  {
    g_autoptr (FlOnnxWriter) writer = fl_onnx_test_begin (13, "1,1,2,2");

    fl_onnx_writer_node (writer, "Add", "sum", "x lost", "y", "");
    fl_onnx_test_assert_refused (
        writer, FL_ERROR_MALFORMED,
        "net.onnx: Add 'sum': input 'lost' is neither an input of the network, an "
        "initialiser nor made by a node");
  }
  {
    g_autoptr (FlOnnxWriter) writer = fl_onnx_test_begin (13, "1,1,2,2");

    fl_onnx_writer_node (writer, "Relu", "", "x", "z", "");
    fl_onnx_test_assert_refused (writer, FL_ERROR_MALFORMED,
                                 "net.onnx: output 'y' is made by no node");
  }
  {
    g_autoptr (FlOnnxWriter) writer = fl_onnx_test_begin (13, "1,1,2,2");

    fl_onnx_writer_node (writer, "Relu", "", "x", "y", "");
    fl_onnx_writer_node (writer, "Relu", "again", "x", "y", "");
    fl_onnx_test_assert_refused (
        writer, FL_ERROR_MALFORMED,
        "net.onnx: Relu 'again': output 'y' has a name that is taken, expected a new "
        "one");
  }
}

static void
test_operator_sets (void)
{
  for (int opset = 5; opset <= 22; opset++)
    {
      g_autoptr (FlOnnxWriter) writer = fl_onnx_test_begin (opset, "1,1,1,2");
      g_autofree char *message
          = g_strdup_printf ("net.onnx: operator set %d, expected 7 to 20", opset);

      fl_onnx_writer_node (writer, "Relu", "", "x", "y", "");
      if (opset >= 7 && opset <= 20)
        fl_onnx_test_assert_computes (writer, 2, (const double[]){ 0, .25 });
      else
        fl_onnx_test_assert_refused (writer, FL_ERROR_UNSUPPORTED, message);
    }
}

static void
test_weights_that_are_no_numbers (void)
{
  const float weights[] = { 1, 2, NAN, 4 };
  g_autoptr (FlOnnxWriter) writer = fl_onnx_test_begin (13, "1,1,2,2");

  fl_onnx_writer_floats (writer, "c.weight", "4,1,1,1", weights);
  fl_onnx_writer_node (writer, "Conv", "c", "x c.weight", "y", "");
  fl_onnx_test_assert_refused (
      writer, FL_ERROR_NOT_FINITE,
      "net.onnx: Conv 'c': element 2 of 'c.weight' is nan, expected a number");
}

/* A mask of minus infinity, which a later Softmax turns into 0, is meant. */
static void
test_masks_of_infinity (void)
{
  const float mask[] = { 0, -INFINITY };
  g_autoptr (FlOnnxWriter) writer = fl_onnx_test_begin (13, "1,2,1,1");

  fl_onnx_writer_floats (writer, "mask", "1,2,1,1", mask);
  fl_onnx_writer_node (writer, "Add", "", "x mask", "m", "");
  fl_onnx_writer_node (writer, "Softmax", "", "m", "p", "axis:i=1");
  fl_onnx_writer_node (writer, "Relu", "", "p", "y", "");
  fl_onnx_test_assert_computes (writer, 2, (const double[]){ 1, 0 });
}

static void
test_other_shapes (void)
{
  {
    g_autoptr (FlOnnxWriter) writer = fl_onnx_test_begin (13, "1,3,4,4");
    g_autoptr (GError) error = NULL;

    fl_onnx_writer_weight (writer, "w", "2,2,3,3");
    fl_onnx_writer_node (writer, "Conv", "c", "x w", "y", "");
    g_assert_null (fl_onnx_test_load (writer, 0, 0, NULL, &error));
    g_assert_error (error, FL_ERROR, FL_ERROR_SHAPE);
    g_assert_true (g_str_has_prefix (error->message, "net.onnx: Conv 'c': "));
  }
  {
    g_autoptr (FlOnnxWriter) writer = fl_onnx_test_begin (13, "1,1,4,4");

    fl_onnx_writer_weight (writer, "w", "2,1,3,3");
    fl_onnx_writer_node (writer, "Conv", "c", "x w", "y", "kernel_shape:is=5,5");
    fl_onnx_test_assert_refused (
        writer, FL_ERROR_SHAPE,
        "net.onnx: Conv 'c': its kernel_shape is not that of its weight, 2x1x3x3");
  }
}

/* Names hold what they like; messages are one line of bounded length all the same. */
static void
test_strange_names (void)
{
  g_autoptr (FlOnnxWriter) writer = fl_onnx_test_begin (13, "1,1,2,2");
  g_autofree char *name = g_strnfill (100000, 'n');
  g_autoptr (GError) error = NULL;

  memcpy (name, "line\nbreak", 10);
  fl_onnx_writer_node (writer, "Add", name, "x lost", "y", "");
  g_assert_null (fl_onnx_test_load (writer, 0, 0, NULL, &error));
  g_assert_true (fl_test_error_is_clear (error));
  g_assert_cmpuint (strlen (error->message), <, 2100);
}

static void
test_files_that_are_no_models (void)
{
  g_autofree char *folder = g_dir_make_tmp ("faultline-onnx-XXXXXX", NULL);
  g_autofree char *missing = g_build_filename (folder, "missing.onnx", NULL);
  g_autoptr (GBytes) empty = g_bytes_new (NULL, 0);
  g_autoptr (GError) error = NULL;

  g_assert_null (fl_onnx_load (missing, 0, 0, NULL, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  g_clear_error (&error);
  g_assert_null (fl_onnx_load (folder, 0, 0, NULL, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  g_assert_null (fl_onnx_load ("/dev/zero", 0, 0, NULL, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  g_assert_null (fl_onnx_load_bytes (empty, "net.onnx", 0, 0, NULL, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_MALFORMED);
  g_assert_cmpstr (error->message, ==, "net.onnx: no graph found, expected an ONNX model");
  g_rmdir (folder);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/formats/onnx-reader/names-of-weights", test_names_of_weights);
  g_test_add_func ("/formats/onnx-reader/names-through-identity", test_names_through_identity);
  g_test_add_func ("/formats/onnx-reader/names-of-quantised-weights",
                   test_names_of_quantised_weights);
  g_test_add_func ("/formats/onnx-reader/free-axes", test_free_axes);
  g_test_add_func ("/formats/onnx-reader/free-batch-is-one", test_free_batch_is_one);
  g_test_add_func ("/formats/onnx-reader/other-inputs", test_other_inputs);
  g_test_add_func ("/formats/onnx-reader/several-inputs", test_several_inputs);
  g_test_add_func ("/formats/onnx-reader/unused-input", test_unused_input);
  g_test_add_func ("/formats/onnx-reader/integer-input", test_integer_input);
  g_test_add_func ("/formats/onnx-reader/initialisers-among-inputs",
                   test_initialisers_among_inputs);
  g_test_add_func ("/formats/onnx-reader/other-heads-do-not-matter",
                   test_other_heads_do_not_matter);
  g_test_add_func ("/formats/onnx-reader/constant-output", test_constant_output);
  g_test_add_func ("/formats/onnx-reader/softmax-is-set-aside", test_softmax_is_set_aside);
  g_test_add_func ("/formats/onnx-reader/softmax-of-each-pixel-stays",
                   test_softmax_of_each_pixel_stays);
  g_test_add_func ("/formats/onnx-reader/softmax-inside-stays", test_softmax_inside_stays);
  g_test_add_func ("/formats/onnx-reader/unsupported-are-listed", test_unsupported_are_listed);
  g_test_add_func ("/formats/onnx-reader/unsupported-forms-are-listed",
                   test_unsupported_forms_are_listed);
  g_test_add_func ("/formats/onnx-reader/long-lists-are-cut", test_long_lists_are_cut);
  g_test_add_func ("/formats/onnx-reader/order-of-nodes", test_order_of_nodes);
  g_test_add_func ("/formats/onnx-reader/ring-of-nodes", test_ring_of_nodes);
  g_test_add_func ("/formats/onnx-reader/missing-values", test_missing_values);
  g_test_add_func ("/formats/onnx-reader/operator-sets", test_operator_sets);
  g_test_add_func ("/formats/onnx-reader/weights-that-are-no-numbers",
                   test_weights_that_are_no_numbers);
  g_test_add_func ("/formats/onnx-reader/masks-of-infinity", test_masks_of_infinity);
  g_test_add_func ("/formats/onnx-reader/other-shapes", test_other_shapes);
  g_test_add_func ("/formats/onnx-reader/strange-names", test_strange_names);
  g_test_add_func ("/formats/onnx-reader/files-that-are-no-models", test_files_that_are_no_models);
  return g_test_run ();
}
