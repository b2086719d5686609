#include "engine/saliency/profile.h"

#include <math.h>

#include "engine/saliency/prediction.h"
#include "tests/support/small-network.h"

/* float32 rounding of the gradient that is scaled, against the same network less sure of itself. */
#define ROUNDING 1e-4

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

/* Multiplies the classifier's product, and so the logits, by @factor. */
static FlGraph *
confident_network (float factor)
{
  g_autoptr (FlGraphBuilder) builder = fl_graph_builder_new ("confident");
  g_autoptr (FlTensor) weight = fl_test_random_tensor (3, 4, (const gint64[]){ 4, 2, 3, 3 });
  g_autoptr (FlTensor) scale = fl_tensor_new_from_data (0, NULL, &factor);
  g_autoptr (GError) error = NULL;
  int x = fl_graph_builder_add_input (builder, "input", 4, (const gint64[]){ 1, 2, 5, 5 });
  int pair[] = { x, fl_graph_builder_add_constant (builder, "conv.weight", weight) };
  FlGraph *graph = NULL;

  pair[0] = fl_test_add (builder, "Conv", "conv", 2, pair, NULL);
  pair[0] = fl_test_add (builder, "GlobalAveragePool", "pool", 1, pair, NULL);
  pair[1] = fl_graph_builder_add_constant (builder, "factor", scale);
  x = fl_test_add (builder, "Mul", "scale", 2, pair, NULL);
  graph = fl_graph_builder_finish (builder, x, &error);
  g_assert_no_error (error);
  return graph;
}

/*
 * Logits so far apart that 1 - p is below the smallest float32: the saliency of the network is
 * factor * (1 - p) times that of its logits, which one that is less sure of itself shows as well.
 */
static void
test_confident (void)
{
  float factors[] = { 1, 0 };
  g_autoptr (FlTensor) input = fl_test_random_tensor (5, 3, (const gint64[]){ 2, 5, 5 });
  double reduced[2][4] = { { 0 } };
  FlPool *pool = fl_pool_new (1);

  for (int f = 0; f < 2; f++)
    {
      g_autoptr (FlGraph) graph = confident_network (factors[f]);
      g_autoptr (FlPlan) plan = fl_plan_new (graph, FL_PLAN_KEEP);
      g_autoptr (FlExecution) execution = fl_execution_new (plan, pool);
      g_autoptr (FlPrediction) prediction = NULL;
      g_autoptr (FlProfile) profile = NULL;
      g_autoptr (GError) error = NULL;
      double gradient[4];

      fl_execution_forward (execution, input, NULL, &error);
      g_assert_no_error (error);
      prediction = fl_prediction_new (4, fl_execution_logits (execution));
      profile = fl_profile_compute (execution, prediction->order[0], NULL, &error);
      g_assert_no_error (error);
      fl_prediction_loss_gradient (prediction, prediction->order[0], gradient);
      g_assert_cmpfloat (profile->loss, >, 0);
      if (f == 1)
        g_assert_cmpfloat (profile->loss, <, 1e-50);
      for (int i = 0; i < 4; i++)
        reduced[f][i] = profile->saliency[i] / (factors[f] * fabs (gradient[i]));
      /* The next network's best logit leads by 200: its 1 - p is 1e-87. */
      if (f == 0)
        factors[1] = 200
                     / (prediction->logits[prediction->order[0]]
                        - prediction->logits[prediction->order[1]]);
    }
  fl_pool_free (pool);
  for (int i = 0; i < 4; i++)
    if (reduced[1][i] > 0)
      g_assert_cmpfloat_with_epsilon (reduced[1][i] / reduced[0][i], 1, ROUNDING);
  g_assert_cmpfloat (reduced[1][0] + reduced[1][1] + reduced[1][2] + reduced[1][3], >, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/saliency/profile/ranks", test_ranks);
  g_test_add_func ("/saliency/profile/confident", test_confident);
  return g_test_run ();
}
