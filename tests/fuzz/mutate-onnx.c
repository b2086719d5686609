#include "engine/core/error.h"
#include "engine/formats/onnx-reader.h"
#include "engine/graph/execution.h"
#include "engine/graph/plan.h"
#include "tests/fuzz/mutator.h"
#include "tests/support/onnx-writer.h"
#include "tests/support/test-data.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

/*
 * Spoils small networks, and makes some of random nodes, and reads them. Nothing may crash, hang or
 * take much memory, and what cannot be read must say so in one clear line. Arguments: the number of
 * files (4000), the seed (1).
 */

/* Networks that are still read may have become large: only small ones are run. */
#define MAX_MULTIPLY_ADDS 1000000
/* In kilobytes, all files together: the constants of a file of a few kilobytes take 64 MiB at most.
 */
#define MAX_MEMORY (1024 * 1024)

static int n_files = 4000;
static guint32 first_seed = 1;

/* A convolution, normalisation, pooling and a matrix product. */
static GBytes *
write_plain (void)
{
  g_autoptr (FlOnnxWriter) writer = fl_onnx_writer_new (13);
  const float ones[] = { 1, 1, 1, 1 };

  fl_onnx_writer_input (writer, "x", 1, "?,2,6,?");
  fl_onnx_writer_output (writer, "p");
  fl_onnx_writer_weight (writer, "c.weight", "4,1,3,3");
  fl_onnx_writer_weight (writer, "c.bias", "4");
  fl_onnx_writer_floats (writer, "scale", "4", ones);
  fl_onnx_writer_weight (writer, "fc", "3,4");
  fl_onnx_writer_node (writer, "Conv", "c", "x c.weight c.bias", "a",
                       "group:i=2 pads:is=1,1,1,1 strides:is=1,2 kernel_shape:is=3,3");
  fl_onnx_writer_node (writer, "BatchNormalization", "bn", "a scale scale scale scale", "b",
                       "epsilon:f=0.001");
  fl_onnx_writer_node (writer, "MaxPool", "m", "b", "d", "kernel_shape:is=2,2 ceil_mode:i=1");
  fl_onnx_writer_node (writer, "GlobalAveragePool", "g", "d", "e", "");
  fl_onnx_writer_node (writer, "Flatten", "f", "e", "h", "");
  fl_onnx_writer_node (writer, "Gemm", "fc", "h fc", "y", "transB:i=1");
  fl_onnx_writer_node (writer, "Softmax", "s", "y", "p", "axis:i=-1");
  return fl_onnx_writer_bytes (writer);
}

/* Mostly constants: shapes that are computed, quantised weights, moved elements. */
static GBytes *
write_folded (void)
{
  g_autoptr (FlOnnxWriter) writer = fl_onnx_writer_new (13);
  GByteArray *quantised = fl_onnx_write_tensor ("q", 3, 4, (gint64[]){ 2, 2, 1, 1 });
  const float half = 0.5f;

  fl_wire_packed (quantised, 5, 4, (gint64[]){ 1, -2, 3, -4 });
  fl_onnx_writer_tensor (writer, quantised);
  fl_onnx_writer_input (writer, "x", 1, "1,2,4,4");
  fl_onnx_writer_output (writer, "y");
  fl_onnx_writer_floats (writer, "scale", "", &half);
  fl_onnx_writer_integers (writer, "two", "1", (const gint64[]){ 2 });
  fl_onnx_writer_integers (writer, "start", "", (const gint64[]){ 0 });
  fl_onnx_writer_integers (writer, "limit", "", (const gint64[]){ 8 });
  fl_onnx_writer_integers (writer, "step", "", (const gint64[]){ 1 });
  fl_onnx_writer_node (writer, "DequantizeLinear", "", "q scale", "w", "");
  fl_onnx_writer_node (writer, "Transpose", "", "w", "wt", "perm:is=1,0,2,3");
  fl_onnx_writer_node (writer, "Conv", "c", "x wt", "a", "");
  fl_onnx_writer_node (writer, "Shape", "", "a", "shape", "");
  fl_onnx_writer_node (writer, "Slice", "", "shape two start2", "hw", "");
  fl_onnx_writer_integers (writer, "start2", "1", (const gint64[]){ 4 });
  fl_onnx_writer_node (writer, "ReduceProd", "", "hw", "area", "keepdims:i=1");
  fl_onnx_writer_node (writer, "Concat", "", "two area", "to", "axis:i=0");
  fl_onnx_writer_node (writer, "Reshape", "", "a to", "b", "");
  fl_onnx_writer_node (writer, "Range", "", "start limit step", "r", "");
  fl_onnx_writer_node (writer, "Tile", "", "r two", "t", "");
  fl_onnx_writer_node (writer, "Cast", "", "t", "tf", "to:i=1");
  fl_onnx_writer_node (writer, "ConstantOfShape", "", "two", "z", "value:t=1");
  fl_onnx_writer_node (writer, "Cast", "", "z", "zf", "to:i=1");
  fl_onnx_writer_node (writer, "Expand", "", "zf two", "ze", "");
  fl_onnx_writer_node (writer, "Gather", "", "zf start", "g", "");
  fl_onnx_writer_node (writer, "Mul", "", "tf g", "scaled", "");
  fl_onnx_writer_node (writer, "Add", "", "b scaled", "s", "");
  fl_onnx_writer_node (writer, "Split", "", "s", "y u", "axis:i=1");
  return fl_onnx_writer_bytes (writer);
}

static void
run_network (FlGraph *graph, FlPool *pool)
{
  g_autoptr (FlPlan) plan = NULL;
  g_autoptr (FlExecution) execution = NULL;
  g_autoptr (FlTensor) input = NULL;
  g_autoptr (GError) error = NULL;
  int channels, height, width;

  fl_graph_input_size (graph, &channels, &height, &width);
  if (fl_graph_n_multiply_adds (graph) > MAX_MULTIPLY_ADDS || fl_graph_n_classes (graph) > 100000
      || (gint64) channels * height * width > 100000)
    return;
  plan = fl_plan_new (graph, FL_PLAN_KEEP);
  execution = fl_execution_new (plan, pool);
  input = fl_tensor_new (3, (gint64[]){ channels, height, width });
  fl_execution_forward (execution, input, NULL, &error);
  g_assert_no_error (error);
}

static void
read_network (GBytes *bytes, FlPool *pool, int *n_read)
{
  FlOnnxNotes notes = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (FlGraph) graph
      = fl_onnx_load_bytes (bytes, "/nowhere/spoilt.onnx", 6, 6, &notes, &error);

  g_assert_true ((graph == NULL) == fl_test_error_is_clear (error));
  if (graph != NULL)
    {
      run_network (graph, pool);
      *n_read += 1;
    }
  else
    g_assert_cmpuint (strlen (error->message), <, 2100);
  fl_onnx_notes_clear (&notes);
}

static void
test_seeds_are_good (void)
{
  GBytes *(*const seeds[]) (void) = { write_plain, write_folded };
  FlPool *pool = fl_pool_new (1);

  for (gsize i = 0; i < G_N_ELEMENTS (seeds); i++)
    {
      g_autoptr (GBytes) bytes = seeds[i]();
      int n_read = 0;

      read_network (bytes, pool, &n_read);
      g_assert_cmpint (n_read, ==, 1);
    }
  fl_pool_free (pool);
}

static void
test_cut_short (void)
{
  GBytes *(*const seeds[]) (void) = { write_plain, write_folded };
  FlPool *pool = fl_pool_new (1);
  int n_read = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (seeds); i++)
    {
      g_autoptr (GBytes) bytes = seeds[i]();

      for (gsize length = 0; length < g_bytes_get_size (bytes); length++)
        {
          g_autoptr (GBytes) part = g_bytes_new (g_bytes_get_data (bytes, NULL), length);

          read_network (part, pool, &n_read);
        }
    }
  /* Without its last field a model has no operator set. */
  g_assert_cmpint (n_read, ==, 0);
  fl_pool_free (pool);
}

static void
test_spoilt (void)
{
  GBytes *(*const seeds[]) (void) = { write_plain, write_folded };
  FlPool *pool = fl_pool_new (1);
  int n_read = 0;
  struct rusage usage;

  for (gsize i = 0; i < G_N_ELEMENTS (seeds); i++)
    {
      g_autoptr (GBytes) bytes = seeds[i]();
      g_autoptr (FlRandom) random = fl_random_new (first_seed);

      for (int k = 0; k < n_files / (int) G_N_ELEMENTS (seeds); k++)
        {
          g_autoptr (GBytes) spoilt = fl_mutate (bytes, random);

          read_network (spoilt, pool, &n_read);
        }
    }
  /* Some spoilt bytes are weights: those files stay readable. */
  g_test_message ("%d of %d are still networks", n_read, n_files);
  g_assert_cmpint (n_read, >, n_files / 100);
  g_assert_cmpint (getrusage (RUSAGE_SELF, &usage), ==, 0);
  g_test_message ("%ld KiB at most", usage.ru_maxrss);
#if !defined __SANITIZE_ADDRESS__
  g_assert_cmpint (usage.ru_maxrss, <, MAX_MEMORY);
#endif
  fl_pool_free (pool);
}

/* ---- networks of random nodes, which are well-formed files but seldom sensible ---- */

static const char *const types[] = {
  "Abs",
  "Add",
  "And",
  "AveragePool",
  "BatchNormalization",
  "Cast",
  "Ceil",
  "Clip",
  "Concat",
  "Constant",
  "ConstantOfShape",
  "Conv",
  "DequantizeLinear",
  "Div",
  "Dropout",
  "Equal",
  "Erf",
  "Exp",
  "Expand",
  "Flatten",
  "Floor",
  "Gather",
  "Gelu",
  "Gemm",
  "GlobalAveragePool",
  "GlobalMaxPool",
  "Greater",
  "HardSigmoid",
  "HardSwish",
  "Identity",
  "LayerNormalization",
  "LeakyRelu",
  "Less",
  "Log",
  "LogSoftmax",
  "MatMul",
  "Max",
  "MaxPool",
  "Mean",
  "Min",
  "Mish",
  "Mod",
  "Mul",
  "Neg",
  "NonZero",
  "Not",
  "Or",
  "PRelu",
  "Pad",
  "Pow",
  "QuantizeLinear",
  "Range",
  "Reciprocal",
  "ReduceMax",
  "ReduceMean",
  "ReduceMin",
  "ReduceProd",
  "ReduceSum",
  "Relu",
  "Reshape",
  "Round",
  "Shape",
  "Sigmoid",
  "Sign",
  "Size",
  "Slice",
  "Softmax",
  "Softplus",
  "Split",
  "Sqrt",
  "Squeeze",
  "Sub",
  "Sum",
  "Tanh",
  "Tile",
  "Transpose",
  "Unsqueeze",
  "Where",
};

static const char *const attributes[] = { "axis:i=",
                                          "axes:is=",
                                          "perm:is=",
                                          "kernel_shape:is=",
                                          "strides:is=",
                                          "pads:is=",
                                          "dilations:is=",
                                          "group:i=",
                                          "keepdims:i=",
                                          "to:i=",
                                          "starts:is=",
                                          "ends:is=",
                                          "split:is=",
                                          "allowzero:i=",
                                          "ceil_mode:i=",
                                          "count_include_pad:i=",
                                          "start:i=",
                                          "end:i=",
                                          "value:t=",
                                          "transB:i=",
                                          "alpha:f=",
                                          "epsilon:f=",
                                          "min:f=",
                                          "fmod:i=",
                                          "noop_with_empty_axes:i=" };

static gint64
random_number (FlRandom *random)
{
  static const gint64 numbers[] = { 0, 1, 2, 3, -1, -2, 4, 7, 1 << 20, G_MAXINT64, G_MININT64 };

  /* Sensible ones more often. */
  return numbers[MIN (fl_random_below (random, G_N_ELEMENTS (numbers)),
                      fl_random_below (random, G_N_ELEMENTS (numbers)))];
}

static char *
random_attributes (FlRandom *random)
{
  GString *text = g_string_new (NULL);

  /* Most nodes without any, so that some networks get far. */
  for (guint i = fl_random_below (random, 6); i > 2; i--)
    {
      const char *attribute = attributes[fl_random_below (random, G_N_ELEMENTS (attributes))];
      guint n = strstr (attribute, ":is") != NULL ? fl_random_below (random, 5) : 1;

      g_string_append_printf (text, " %s", attribute);
      for (guint k = 0; k < n; k++)
        g_string_append_printf (text, "%s%" G_GINT64_FORMAT, k > 0 ? "," : "",
                                random_number (random));
    }
  return g_string_free (text, FALSE);
}

static GBytes *
write_random (FlRandom *random)
{
  g_autoptr (FlOnnxWriter) writer = fl_onnx_writer_new (7 + (int) fl_random_below (random, 14));
  static const char *const given[]
      = { "x", "x", "x", "w", "b", "scalar", "empty", "list", "one", "zero", "mask" };
  gint64 list[4];
  const float number = 0.5f;
  guint n = 1 + fl_random_below (random, 12);

  for (gsize i = 0; i < G_N_ELEMENTS (list); i++)
    list[i] = random_number (random);
  fl_onnx_writer_input (writer, "x", 1, "1,2,4,4");
  fl_onnx_writer_output (writer, "y");
  fl_onnx_writer_weight (writer, "w", "2,2,3,3");
  fl_onnx_writer_weight (writer, "b", "2");
  fl_onnx_writer_floats (writer, "scalar", "", &number);
  fl_onnx_writer_floats (writer, "empty", "0,3", &number);
  fl_onnx_writer_integers (writer, "list", fl_random_below (random, 2) == 0 ? "4" : "2", list);
  fl_onnx_writer_integers (writer, "one", "1", list + 1);
  fl_onnx_writer_integers (writer, "zero", "", list);
  fl_onnx_writer_tensor (writer, fl_onnx_write_tensor ("mask", 9, 2, (gint64[]){ 0, 1 }));

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *name = i + 1 < n ? g_strdup_printf ("v%u", i) : g_strdup ("y");
      g_autofree char *text = random_attributes (random);
      g_autoptr (GString) inputs = g_string_new (NULL);
      g_autofree char *outputs = fl_random_below (random, 8) == 0
                                     ? g_strdup_printf ("%s %s_2", name, name)
                                     : g_strdup (name);

      for (guint k = 1 + fl_random_below (random, 3); k > 0; k--)
        if (i > 0 && fl_random_below (random, 2) == 0)
          g_string_append_printf (inputs, " v%u", fl_random_below (random, i));
        else
          g_string_append_printf (inputs, " %s",
                                  fl_random_below (random, 20) == 0
                                      ? "-"
                                      : given[fl_random_below (random, G_N_ELEMENTS (given))]);
      fl_onnx_writer_node (writer, types[fl_random_below (random, G_N_ELEMENTS (types))], name,
                           inputs->str, outputs, text);
    }
  return fl_onnx_writer_bytes (writer);
}

static void
test_random_networks (void)
{
  FlPool *pool = fl_pool_new (1);
  g_autoptr (FlRandom) random = fl_random_new (first_seed);
  int n_read = 0;

  for (int i = 0; i < n_files; i++)
    {
      g_autoptr (GBytes) bytes = write_random (random);

      read_network (bytes, pool, &n_read);
    }
  g_test_message ("%d of %d are networks", n_read, n_files);
  g_assert_cmpint (n_read, >, n_files / 200);
  fl_pool_free (pool);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  if (argc > 1)
    n_files = atoi (argv[1]);
  if (argc > 2)
    first_seed = (guint32) atoi (argv[2]);
  g_test_add_func ("/fuzz/onnx/seeds-are-good", test_seeds_are_good);
  g_test_add_func ("/fuzz/onnx/cut-short", test_cut_short);
  g_test_add_func ("/fuzz/onnx/random-networks", test_random_networks);
  g_test_add_func ("/fuzz/onnx/spoilt", test_spoilt);
  return g_test_run ();
}
