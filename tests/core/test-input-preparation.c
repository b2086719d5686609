#include "engine/core/input-preparation.h"

static void
test_three_channels (void)
{
  FlInputPreparation preparation;

  fl_input_preparation_init_default (&preparation, 3, 224, 224);
  g_assert_cmpint (fl_input_preparation_n_channels (&preparation), ==, 3);
  g_assert_cmpint (preparation.rule, ==, FL_RESIZE_SHORT_SIDE);
  g_assert_cmpint (preparation.resize_size, ==, 256);
  g_assert_cmpfloat (preparation.mean[0], ==, .485);
  g_assert_cmpfloat (preparation.std[2], ==, .225);
}

static void
test_one_channel (void)
{
  FlInputPreparation preparation;

  fl_input_preparation_init_default (&preparation, 1, 28, 20);
  g_assert_cmpint (fl_input_preparation_n_channels (&preparation), ==, 1);
  g_assert_cmpint (preparation.width, ==, 28);
  g_assert_cmpint (preparation.height, ==, 20);
  g_assert_cmpfloat (preparation.scale, ==, 1. / 255.);
  g_assert_cmpfloat (preparation.mean[0], ==, 0);
  g_assert_cmpfloat (preparation.std[0], ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/input-preparation/three-channels", test_three_channels);
  g_test_add_func ("/core/input-preparation/one-channel", test_one_channel);
  return g_test_run ();
}
