#include "engine/core/tensor.h"

static void
test_sizes (void)
{
  const gint64 shape[] = { 2, 3, 4 };
  g_autoptr (FlTensor) tensor = fl_tensor_new (3, shape);
  g_autoptr (FlTensor) scalar = fl_tensor_new (0, NULL);

  g_assert_cmpint (fl_tensor_rank (tensor), ==, 3);
  g_assert_cmpuint (fl_tensor_size (tensor), ==, 24);
  for (gsize i = 0; i < 24; i++)
    g_assert_cmpfloat (fl_tensor_data (tensor)[i], ==, 0);
  g_assert_cmpuint (fl_tensor_size (scalar), ==, 1);
}

static void
test_too_large (void)
{
  const gint64 shapes[][2]
      = { { -1, 3 }, { G_MAXINT64, 2 }, { (gint64) 1 << 21, (gint64) 1 << 20 } };
  const gint64 fits[] = { (gint64) 1 << 20, (gint64) 1 << 20 };
  gsize size = 7;

  for (gsize i = 0; i < G_N_ELEMENTS (shapes); i++)
    g_assert_false (fl_shape_size (2, shapes[i], &size));
  g_assert_cmpuint (size, ==, 7);
  g_assert_true (fl_shape_size (2, fits, &size));
  g_assert_cmpuint (size, ==, (gsize) 1 << 40);
}

static void
test_shared (void)
{
  const gint64 shape[] = { 2, 2 };
  const gint64 flat[] = { 4 };
  const float data[] = { 1, 2, 3, 4 };
  FlTensor *tensor = fl_tensor_new_from_data (2, shape, data);
  g_autoptr (FlTensor) reshaped = fl_tensor_reshape (tensor, 1, flat);

  g_assert_true (fl_tensor_data (tensor) == fl_tensor_data (reshaped));
  fl_tensor_unref (tensor);
  g_assert_cmpfloat (fl_tensor_data (reshaped)[3], ==, 4);
}

static void
test_bytes_are_not_copied (void)
{
  static const float data[] = { 1, 2, 3 };
  const gint64 shape[] = { 3 };
  GBytes *bytes = g_bytes_new_static (data, sizeof data);
  g_autoptr (FlTensor) tensor = fl_tensor_new_from_bytes (1, shape, bytes);

  g_bytes_unref (bytes);
  g_assert_true (fl_tensor_data (tensor) == data);
}

static void
test_text (void)
{
  const gint64 shape[] = { 1, 3, 224, 224 };
  g_autofree char *text = fl_shape_to_string (4, shape);
  g_autofree char *scalar = fl_shape_to_string (0, NULL);

  g_assert_cmpstr (text, ==, "1x3x224x224");
  g_assert_cmpstr (scalar, ==, "scalar");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/tensor/sizes", test_sizes);
  g_test_add_func ("/core/tensor/too-large", test_too_large);
  g_test_add_func ("/core/tensor/shared", test_shared);
  g_test_add_func ("/core/tensor/bytes-are-not-copied", test_bytes_are_not_copied);
  g_test_add_func ("/core/tensor/text", test_text);
  return g_test_run ();
}
