#include "engine/graph/graph-builder.h"

#include "engine/core/error.h"
#include "tests/support/small-network.h"

typedef struct
{
  FlGraphBuilder *builder; /* owned */
  int input;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->builder = fl_graph_builder_new ("test");
  f->input = fl_graph_builder_add_input (f->builder, "input", 4, (const gint64[]){ 1, 4, 6, 6 });
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  fl_graph_builder_free (f->builder);
}

static int
add_constant (Fixture *f, const char *name, int rank, const gint64 *shape)
{
  g_autoptr (FlTensor) tensor = fl_test_random_tensor (1, rank, shape);

  return fl_graph_builder_add_constant (f->builder, name, tensor);
}

static void
expect_error (Fixture *f, const char *type, int n, const int *inputs, GVariantDict *attributes,
              int code, const char *part)
{
  const char *names[] = { "y" };
  int output = 99;
  g_autoptr (GError) error = NULL;

  g_assert_false (fl_graph_builder_add_operator (f->builder, type, "node", n, inputs, 1, names,
                                                 &output, attributes, &error));
  g_assert_error (error, FL_ERROR, code);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, "'node'"));
  g_assert_nonnull (strstr (error->message, part));
  g_assert_cmpint (output, ==, 99);
}

static void
test_convolution_errors (Fixture *f, gconstpointer data)
{
  int channels = add_constant (f, "w1", 4, (const gint64[]){ 8, 3, 3, 3 });
  int large = add_constant (f, "w2", 4, (const gint64[]){ 8, 4, 9, 9 });
  int good = add_constant (f, "w3", 4, (const gint64[]){ 8, 4, 3, 3 });
  int line = add_constant (f, "w4", 3, (const gint64[]){ 8, 4, 3 });
  int bias = add_constant (f, "b", 1, (const gint64[]){ 7 });
  g_autoptr (GVariantDict) strides = g_variant_dict_new (NULL);
  g_autoptr (GVariantDict) group = g_variant_dict_new (NULL);

  fl_test_set_ints (strides, "strides", 2, (const gint64[]){ 1, 0 });
  g_variant_dict_insert (group, "group", "x", (gint64) 3);
  expect_error (f, "Conv", 2, (const int[]){ f->input, channels }, NULL, FL_ERROR_SHAPE,
                "weight has 3 input channels in 1 groups, its input has 4");
  expect_error (f, "Conv", 2, (const int[]){ f->input, large }, NULL, FL_ERROR_SHAPE,
                "does not fit");
  expect_error (f, "Conv", 2, (const int[]){ f->input, good }, strides, FL_ERROR_RANGE, "strides");
  expect_error (f, "Conv", 2, (const int[]){ f->input, good }, group, FL_ERROR_SHAPE, "groups");
  expect_error (f, "Conv", 2, (const int[]){ f->input, line }, NULL, FL_ERROR_UNSUPPORTED, "rank");
  expect_error (f, "Conv", 3, (const int[]){ f->input, good, bias }, NULL, FL_ERROR_SHAPE, "bias");
  expect_error (f, "Conv", 2, (const int[]){ f->input, f->input }, NULL, FL_ERROR_UNSUPPORTED,
                "constant");
  expect_error (f, "Conv", 1, (const int[]){ f->input }, NULL, FL_ERROR_MALFORMED, "inputs");
  expect_error (f, "Conv", 2, (const int[]){ f->input, -1 }, NULL, FL_ERROR_MALFORMED, "missing");
}

static void
test_unknown_type (Fixture *f, gconstpointer data)
{
  expect_error (f, "Frobnicate", 1, &f->input, NULL, FL_ERROR_UNSUPPORTED, "unsupported");
  g_assert_false (fl_graph_builder_supports ("Frobnicate"));
  g_assert_true (fl_graph_builder_supports ("Conv"));
}

static void
test_only_constants (Fixture *f, gconstpointer data)
{
  int constant = add_constant (f, "c", 2, (const gint64[]){ 2, 2 });

  expect_error (f, "Relu", 1, &constant, NULL, FL_ERROR_UNSUPPORTED, "constant");
}

/* What does not lead to the output is dropped, its weights too. */
static void
test_dead_branch (Fixture *f, gconstpointer data)
{
  int used = add_constant (f, "used.weight", 4, (const gint64[]){ 2, 4, 1, 1 });
  int unused = add_constant (f, "unused.weight", 4, (const gint64[]){ 2, 4, 1, 1 });
  int output = 0;
  g_autoptr (GError) error = NULL;
  g_autoptr (FlGraph) graph = NULL;

  fl_test_add (f->builder, "Conv", "dead", 2, (const int[]){ f->input, unused }, NULL);
  output = fl_test_add (f->builder, "Conv", "alive", 2, (const int[]){ f->input, used }, NULL);
  fl_test_add (f->builder, "Relu", "after", 1, &output, NULL);
  graph = fl_graph_builder_finish (f->builder, output, &error);
  g_assert_no_error (error);
  g_assert_cmpint (fl_graph_n_operators (graph), ==, 1);
  g_assert_cmpint (fl_graph_n_layers (graph), ==, 1);
  g_assert_cmpint (fl_graph_n_weights (graph), ==, 1);
  g_assert_cmpstr (fl_graph_weight_name (graph, 0), ==, "used.weight");
  g_assert_cmpint (fl_graph_n_classes (graph), ==, 2 * 6 * 6);
}

static void
test_no_path (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (fl_graph_builder_finish (f->builder, f->input, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_UNSUPPORTED);
}

/* ".weight" is cut off; without it the node's name serves, else the output's; names stay unique. */
static void
test_layer_names (Fixture *f, gconstpointer data)
{
  const gint64 shape[] = { 4, 4, 1, 1 };
  const char *weights[] = { "a.weight", "b", "c", "weight_of_d", "e.weight" };
  const char *nodes[] = { "n1", "n2", "", "n4", "n5" };
  const char *expected[] = { "a", "n2", "y2", "n4", "e" };
  int x = f->input;
  g_autoptr (GError) error = NULL;
  g_autoptr (FlGraph) graph = NULL;

  for (int i = 0; i < 5; i++)
    {
      g_autofree char *name = g_strdup_printf ("y%d", i);
      const char *names[] = { name };
      const int inputs[] = { x, add_constant (f, weights[i], 4, shape) };

      fl_graph_builder_add_operator (f->builder, "Conv", nodes[i], 2, inputs, 1, names, &x, NULL,
                                     &error);
      g_assert_no_error (error);
    }
  graph = fl_graph_builder_finish (f->builder, x, &error);
  g_assert_no_error (error);
  for (int i = 0; i < 5; i++)
    {
      g_assert_cmpstr (fl_graph_layer (graph, i)->name, ==, expected[i]);
      g_assert_cmpint (fl_graph_find_layer (graph, expected[i]), ==, i);
    }
  g_assert_cmpint (fl_graph_find_layer (graph, "weight"), ==, -1);
}

/* Layers that ask for one name are numbered, past the numbers that stand in other names; and fast
 * enough that this many of them are no work. */
static void
test_layers_of_one_name (Fixture *f, gconstpointer data)
{
  enum
  {
    N = 4000
  };
  const gint64 shape[] = { 4, 4, 1, 1 };
  const char *names[] = { "y" };
  int x = f->input;
  g_autoptr (GError) error = NULL;
  g_autoptr (FlGraph) graph = NULL;

  for (int i = 0; i < N; i++)
    {
      const int inputs[] = { x, add_constant (f, "w", 4, shape) };

      fl_graph_builder_add_operator (f->builder, "Conv", i == 1 ? "c#2" : "c", 2, inputs, 1, names,
                                     &x, NULL, &error);
      g_assert_no_error (error);
    }
  graph = fl_graph_builder_finish (f->builder, x, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (fl_graph_layer (graph, 0)->name, ==, "c");
  g_assert_cmpstr (fl_graph_layer (graph, 1)->name, ==, "c#2");
  for (int i = 2; i < N; i++)
    {
      g_autofree char *expected = g_strdup_printf ("c#%d", i + 1);

      g_assert_cmpstr (fl_graph_layer (graph, i)->name, ==, expected);
    }
}

/* Memory that an input asks for counts as any other's, before anybody asks for it. */
static void
test_too_large_inputs (void)
{
  const gint64 shapes[][4] = { { 1, 65536, 65536, 65536 },
                               { 1, 3, 65536, 65536 },
                               { G_MAXINT64, G_MAXINT64, G_MAXINT64, G_MAXINT64 } };
  const char *names[] = { "y" };

  for (gsize i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      g_autoptr (FlGraphBuilder) builder = fl_graph_builder_new ("test");
      g_autoptr (GError) error = NULL;
      int input = fl_graph_builder_add_input (builder, "x", 4, shapes[i]);
      int output = 0;

      g_assert_cmpint (input, ==, 0);
      g_assert_false (fl_graph_builder_add_operator (builder, "GlobalAveragePool", "node", 1,
                                                     &input, 1, names, &output, NULL, &error));
      g_assert_error (error, FL_ERROR, FL_ERROR_LIMIT);
    }
}

static void
test_too_many_operators (Fixture *f, gconstpointer data)
{
  const char *names[] = { "y" };
  int x = f->input;
  int n = 0;
  g_autoptr (GError) error = NULL;

  while (n <= 1 << 16
         && fl_graph_builder_add_operator (f->builder, "Relu", "node", 1, &x, 1, names, &x, NULL,
                                           &error))
    n++;
  g_assert_error (error, FL_ERROR, FL_ERROR_LIMIT);
  g_assert_cmpint (n, ==, 1 << 15);
}

#define ADD(name, test)                                                                            \
  g_test_add ("/graph/graph-builder/" name, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("convolution-errors", test_convolution_errors);
  ADD ("unknown-type", test_unknown_type);
  ADD ("only-constants", test_only_constants);
  ADD ("dead-branch", test_dead_branch);
  ADD ("no-path", test_no_path);
  ADD ("layer-names", test_layer_names);
  ADD ("layers-of-one-name", test_layers_of_one_name);
  ADD ("too-many-operators", test_too_many_operators);
  g_test_add_func ("/graph/graph-builder/too-large-inputs", test_too_large_inputs);
  return g_test_run ();
}
