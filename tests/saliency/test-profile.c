#include "engine/saliency/profile.h"

static void
test_ranks (void)
{
  const double saliency[] = { .1, .5, .5, .2, 0 };
  const int order[] = { 1, 2, 3, 0, 4 };
  g_autoptr (FlProfile) profile = fl_profile_new (5, saliency, 0, 1);

  for (int i = 0; i < 5; i++)
    {
      g_assert_cmpint (profile->order[i], ==, order[i]);
      g_assert_cmpint (profile->rank[order[i]], ==, i + 1);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/saliency/profile/ranks", test_ranks);
  return g_test_run ();
}
