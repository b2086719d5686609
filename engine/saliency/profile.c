#include "engine/saliency/profile.h"

#include <math.h>
#include <stdlib.h>

#include "engine/core/error.h"
#include "engine/saliency/prediction.h"

typedef struct
{
  double saliency;
  int filter;
} Entry;

static int
compare_entries (const void *a, const void *b)
{
  const Entry *first = a;
  const Entry *second = b;

  if (first->saliency != second->saliency)
    return first->saliency > second->saliency ? -1 : 1;
  return first->filter < second->filter ? -1 : 1;
}

FlProfile *
fl_profile_new (int n_filters, const double *saliency, int label, double loss)
{
  FlProfile *profile = g_new0 (FlProfile, 1);
  g_autofree Entry *entries = g_new (Entry, MAX (n_filters, 1));

  g_atomic_ref_count_init (&profile->references);
  profile->n_filters = n_filters;
  profile->label = label;
  profile->loss = loss;
  profile->saliency = g_memdup2 (saliency, sizeof (double) * (gsize) n_filters);
  profile->rank = g_new (int, MAX (n_filters, 1));
  profile->order = g_new (int, MAX (n_filters, 1));
  for (int i = 0; i < n_filters; i++)
    entries[i] = (Entry){ .saliency = saliency[i], .filter = i };
  qsort (entries, (gsize) n_filters, sizeof *entries, compare_entries);
  for (int i = 0; i < n_filters; i++)
    {
      profile->order[i] = entries[i].filter;
      profile->rank[entries[i].filter] = i + 1;
    }
  return profile;
}

FlProfile *
fl_profile_ref (FlProfile *profile)
{
  g_atomic_ref_count_inc (&profile->references);
  return profile;
}

void
fl_profile_unref (FlProfile *profile)
{
  if (!g_atomic_ref_count_dec (&profile->references))
    return;
  g_free (profile->saliency);
  g_free (profile->rank);
  g_free (profile->order);
  g_free (profile);
}

/*
 * The gradient of the loss, brought near 1 by a power of two: where the prediction is confident it
 * is as small as the loss, and would leave the range of float32 on its way back. Everything behind
 * it is linear in it.
 *
 * Returns: the exponent e, where what follows from the scaled gradient is to be multiplied by 2^e
 */
static int
scaled_loss_gradient (const FlPrediction *prediction, int label, float *scaled)
{
  g_autofree double *gradient = g_new (double, prediction->n_classes);
  double largest = 0;
  int exponent = 0;

  fl_prediction_loss_gradient (prediction, label, gradient);
  for (int i = 0; i < prediction->n_classes; i++)
    largest = fmax (largest, fabs (gradient[i]));
  frexp (largest, &exponent);
  for (int i = 0; i < prediction->n_classes; i++)
    scaled[i] = (float) ldexp (gradient[i], -exponent);
  return exponent;
}

static gboolean
check_logits (const float *logits, int n_classes, GError **error)
{
  for (int i = 0; i < n_classes; i++)
    if (!isfinite (logits[i]))
      {
        g_set_error (error, FL_ERROR, FL_ERROR_NOT_FINITE,
                     "logit %d is %g: the network has no gradient here", i, (double) logits[i]);
        return FALSE;
      }
  return TRUE;
}

static gboolean
check_saliency (const FlGraph *graph, const double *saliency, GError **error)
{
  for (int i = 0; i < fl_graph_n_filters (graph); i++)
    if (!isfinite (saliency[i]))
      {
        const FlLayer *layer = fl_graph_layer (graph, fl_graph_layer_of_filter (graph, i));

        g_set_error (error, FL_ERROR, FL_ERROR_NOT_FINITE,
                     "layer '%s' filter %d: its saliency is %g", layer->name,
                     i - layer->first_filter, saliency[i]);
        return FALSE;
      }
  return TRUE;
}

FlProfile *
fl_profile_compute (FlExecution *execution, int label, GCancellable *cancellable, GError **error)
{
  FlGraph *graph = fl_execution_graph (execution);
  int n_classes = fl_graph_n_classes (graph);
  const float *logits = fl_execution_logits (execution);
  g_autofree float *loss_gradient = g_new (float, n_classes);
  g_autoptr (FlPrediction) prediction = NULL;
  g_autoptr (FlGradients) gradients = NULL;
  int exponent = 0;

  if (label < 0 || label >= n_classes)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_RANGE, "label %d: the network has classes 0 to %d",
                   label, n_classes - 1);
      return NULL;
    }
  if (!check_logits (logits, n_classes, error))
    return NULL;
  prediction = fl_prediction_new (n_classes, logits);
  exponent = scaled_loss_gradient (prediction, label, loss_gradient);
  gradients
      = fl_execution_backward (execution, loss_gradient, FL_GRADIENT_FILTERS, cancellable, error);
  if (gradients == NULL)
    return NULL;
  for (int i = 0; i < fl_graph_n_filters (graph); i++)
    gradients->filters[i] = ldexp (gradients->filters[i], exponent);
  if (!check_saliency (graph, gradients->filters, error))
    return NULL;
  return fl_profile_new (fl_graph_n_filters (graph), gradients->filters, label,
                         fl_prediction_loss (prediction, label));
}
