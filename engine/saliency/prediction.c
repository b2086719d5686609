#include "engine/saliency/prediction.h"

#include <math.h>
#include <stdlib.h>

typedef struct
{
  float logit;
  int class;
} Entry;

static int
compare_entries (const void *a, const void *b)
{
  const Entry *first = a;
  const Entry *second = b;

  if (first->logit != second->logit)
    return first->logit > second->logit ? -1 : 1;
  return first->class < second->class ? -1 : 1;
}

FlPrediction *
fl_prediction_new (int n_classes, const float *logits)
{
  FlPrediction *prediction = g_new0 (FlPrediction, 1);
  g_autofree Entry *entries = g_new (Entry, MAX (n_classes, 1));
  double largest = -INFINITY;
  double sum = 0;

  g_atomic_ref_count_init (&prediction->references);
  prediction->n_classes = n_classes;
  prediction->logits = g_memdup2 (logits, sizeof (float) * (gsize) n_classes);
  prediction->probabilities = g_new (double, MAX (n_classes, 1));
  prediction->order = g_new (int, MAX (n_classes, 1));
  for (int i = 0; i < n_classes; i++)
    {
      entries[i] = (Entry){ .logit = isnan (logits[i]) ? -INFINITY : logits[i], .class = i };
      largest = fmax (largest, logits[i]);
    }
  for (int i = 0; i < n_classes; i++)
    sum += prediction->probabilities[i] = exp (logits[i] - largest);
  for (int i = 0; i < n_classes; i++)
    prediction->probabilities[i] /= sum;
  qsort (entries, (gsize) n_classes, sizeof *entries, compare_entries);
  for (int i = 0; i < n_classes; i++)
    prediction->order[i] = entries[i].class;
  return prediction;
}

FlPrediction *
fl_prediction_ref (FlPrediction *prediction)
{
  g_atomic_ref_count_inc (&prediction->references);
  return prediction;
}

void
fl_prediction_unref (FlPrediction *prediction)
{
  if (!g_atomic_ref_count_dec (&prediction->references))
    return;
  g_free (prediction->logits);
  g_free (prediction->probabilities);
  g_free (prediction->order);
  g_free (prediction);
}

int
fl_prediction_rank (const FlPrediction *prediction, int class)
{
  int rank = 0;

  g_return_val_if_fail (class >= 0 && class < prediction->n_classes, -1);
  while (prediction->order[rank] != class)
    rank++;
  return rank;
}

double
fl_prediction_loss (const FlPrediction *prediction, int label)
{
  double others = 0;
  double largest = prediction->logits[prediction->order[0]];
  double sum = 0;

  g_return_val_if_fail (label >= 0 && label < prediction->n_classes, NAN);
  for (int i = 0; i < prediction->n_classes; i++)
    {
      double term = exp (prediction->logits[i] - largest);

      sum += term;
      if (i != label)
        others += term;
    }
  /* -log p without cancellation where p is near 1, and without underflow where it is near 0. */
  if (prediction->order[0] == label)
    return log1p (others);
  return log (sum) + largest - prediction->logits[label];
}

void
fl_prediction_loss_gradient (const FlPrediction *prediction, int label, double *gradient)
{
  double others = 0;

  g_return_if_fail (label >= 0 && label < prediction->n_classes);
  for (int i = 0; i < prediction->n_classes; i++)
    {
      gradient[i] = prediction->probabilities[i];
      if (i != label)
        others += prediction->probabilities[i];
    }
  gradient[label] = -others;
}
