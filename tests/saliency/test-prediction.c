#include <math.h>

#include "engine/saliency/prediction.h"

/* Rounding of a few double operations. */
#define EXACT 1e-14

static void
test_softmax (void)
{
  const float logits[] = { 1, 3, 2, 3 };
  g_autoptr (FlPrediction) prediction = fl_prediction_new (4, logits);
  double sum = exp (1) + exp (2) + 2 * exp (3);
  const int order[] = { 1, 3, 2, 0 };

  g_assert_cmpfloat_with_epsilon (prediction->probabilities[2], exp (2) / sum, EXACT);
  for (int i = 0; i < 4; i++)
    {
      g_assert_cmpint (prediction->order[i], ==, order[i]);
      g_assert_cmpint (fl_prediction_rank (prediction, order[i]), ==, i);
    }
  g_assert_cmpfloat_with_epsilon (fl_prediction_loss (prediction, 0), log (sum) - 1, EXACT);
}

/* A prediction so confident that p - 1 is 0 in float32 keeps its gradient. */
static void
test_confident (void)
{
  const float logits[] = { 40, 0, 1 };
  g_autoptr (FlPrediction) prediction = fl_prediction_new (3, logits);
  double others = exp (-40) + exp (-39);
  double gradient[3];

  fl_prediction_loss_gradient (prediction, 0, gradient);
  g_assert_cmpfloat_with_epsilon (gradient[0] / others, -1, EXACT);
  g_assert_cmpfloat_with_epsilon (gradient[2] / exp (-39), 1, 1e-13);
  g_assert_cmpfloat_with_epsilon (fl_prediction_loss (prediction, 0) / others, 1, EXACT);
}

static void
test_far_below (void)
{
  const float logits[] = { 2000, -2000 };
  g_autoptr (FlPrediction) prediction = fl_prediction_new (2, logits);

  g_assert_cmpfloat (fl_prediction_loss (prediction, 1), ==, 4000);
}

/* The gradient sums to 0 and agrees with central differences of the loss. */
static void
test_gradient (void)
{
  float logits[] = { .5F, -1, 2, .25F, 0 };
  const float step = 1.F / 256;
  g_autoptr (FlPrediction) prediction = fl_prediction_new (5, logits);
  double gradient[5];
  double sum = 0;

  fl_prediction_loss_gradient (prediction, 3, gradient);
  for (int i = 0; i < 5; i++)
    {
      g_autoptr (FlPrediction) above = NULL;
      g_autoptr (FlPrediction) below = NULL;
      float logit = logits[i];

      sum += gradient[i];
      logits[i] = logit + step;
      above = fl_prediction_new (5, logits);
      logits[i] = logit - step;
      below = fl_prediction_new (5, logits);
      logits[i] = logit;
      g_assert_cmpfloat_with_epsilon (
          (fl_prediction_loss (above, 3) - fl_prediction_loss (below, 3)) / (2 * step), gradient[i],
          1e-5);
    }
  g_assert_cmpfloat_with_epsilon (sum, 0, 1e-7);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/saliency/prediction/softmax", test_softmax);
  g_test_add_func ("/saliency/prediction/confident", test_confident);
  g_test_add_func ("/saliency/prediction/far-below", test_far_below);
  g_test_add_func ("/saliency/prediction/gradient", test_gradient);
  return g_test_run ();
}
