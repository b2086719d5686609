#include "tests/support/small-network.h"

#include "engine/core/random.h"

FlTensor *
fl_test_random_tensor (guint32 seed, int rank, const gint64 *shape)
{
  g_autoptr (FlRandom) random = fl_random_new (seed);
  FlTensor *tensor = fl_tensor_new (rank, shape);

  for (gsize i = 0; i < fl_tensor_size (tensor); i++)
    fl_tensor_data_writable (tensor)[i] = (float) fl_random_normal (random);
  return tensor;
}

void
fl_test_set_ints (GVariantDict *attributes, const char *key, int n, const gint64 *numbers)
{
  g_variant_dict_insert_value (
      attributes, key,
      g_variant_new_fixed_array (G_VARIANT_TYPE_INT64, numbers, (gsize) n, sizeof *numbers));
}

int
fl_test_add (FlGraphBuilder *builder, const char *type, const char *name, int n_inputs,
             const int *inputs, GVariantDict *attributes)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *output_name = g_strdup_printf ("%s.output", name);
  const char *names[] = { output_name };
  int output = -1;

  fl_graph_builder_add_operator (builder, type, name, n_inputs, inputs, 1, names, &output,
                                 attributes, &error);
  g_assert_no_error (error);
  return output;
}

static int
add_weight (FlGraphBuilder *builder, const char *name, guint32 seed, int rank, const gint64 *shape)
{
  g_autoptr (FlTensor) tensor = fl_test_random_tensor (seed, rank, shape);

  return fl_graph_builder_add_constant (builder, name, tensor);
}

static int
add_convolution (FlGraphBuilder *builder, const char *name, int x, int weight, int bias, gint64 pad)
{
  g_autoptr (GVariantDict) attributes = g_variant_dict_new (NULL);
  const gint64 pads[] = { pad, pad, pad, pad };
  const int inputs[] = { x, weight, bias };

  fl_test_set_ints (attributes, "pads", 4, pads);
  return fl_test_add (builder, "Conv", name, bias >= 0 ? 3 : 2, inputs, attributes);
}

static int
add_normalisation (FlGraphBuilder *builder, const char *name, int x, guint32 seed)
{
  const gint64 six[] = { 6 };
  g_autoptr (FlTensor) variance = fl_tensor_new (1, six);
  int inputs[5] = { x };

  for (int i = 0; i < 6; i++)
    fl_tensor_data_writable (variance)[i] = .5F + (float) i / 4;
  inputs[1] = add_weight (builder, "stem_bn.weight", seed, 1, six);
  inputs[2] = add_weight (builder, "stem_bn.bias", seed + 1, 1, six);
  inputs[3] = add_weight (builder, "stem_bn.running_mean", seed + 2, 1, six);
  inputs[4] = fl_graph_builder_add_constant (builder, "stem_bn.running_var", variance);
  return fl_test_add (builder, "BatchNormalization", name, 5, inputs, NULL);
}

FlGraph *
fl_test_small_network (guint32 seed)
{
  g_autoptr (FlGraphBuilder) builder = fl_graph_builder_new ("small");
  g_autoptr (GError) error = NULL;
  FlGraph *graph = NULL;
  int x = fl_graph_builder_add_input (builder, "input", 4, (const gint64[]){ 1, 3, 9, 8 });
  int stem = add_weight (builder, "stem.weight", seed, 4, (const gint64[]){ 6, 3, 3, 3 });
  int left = add_weight (builder, "left.weight", seed + 1, 4, (const gint64[]){ 5, 6, 1, 1 });
  int right = add_weight (builder, "right.weight", seed + 2, 4, (const gint64[]){ 5, 6, 3, 3 });
  int bias = add_weight (builder, "right.bias", seed + 3, 1, (const gint64[]){ 5 });
  int again = add_weight (builder, "again.weight", seed + 4, 4, (const gint64[]){ 5, 5, 3, 3 });
  int pair[2] = { 0 };
  int linear[3] = { 0 };

  x = add_normalisation (builder, "stem_bn", add_convolution (builder, "stem", x, stem, -1, 1),
                         seed + 5);
  x = fl_test_add (builder, "Relu", "relu1", 1, &x, NULL);
  pair[0] = add_convolution (builder, "left", x, left, -1, 0);
  pair[1] = add_convolution (builder, "right", x, right, bias, 1);
  x = fl_test_add (builder, "Add", "add", 2, pair, NULL);
  x = fl_test_add (builder, "Relu", "relu2", 1, &x, NULL);
  x = add_convolution (builder, "again-1", x, again, -1, 1);
  x = fl_test_add (builder, "Relu", "relu3", 1, &x, NULL);
  x = add_convolution (builder, "again-2", x, again, -1, 1);
  x = fl_test_add (builder, "GlobalAveragePool", "pool", 1, &x, NULL);
  linear[0] = fl_test_add (builder, "Flatten", "flatten", 1, &x, NULL);
  linear[1] = add_weight (builder, "classifier.weight", seed + 6, 2, (const gint64[]){ 5, 4 });
  linear[2] = add_weight (builder, "classifier.bias", seed + 7, 1, (const gint64[]){ 4 });
  x = fl_test_add (builder, "Gemm", "classifier", 3, linear, NULL);
  graph = fl_graph_builder_finish (builder, x, &error);
  g_assert_no_error (error);
  return graph;
}
