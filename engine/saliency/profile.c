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

FlProfile *
fl_profile_compute (FlExecution *execution, int label, GCancellable *cancellable, GError **error)
{
  FlGraph *graph = fl_execution_graph (execution);
  int n_classes = fl_graph_n_classes (graph);
  const float *logits = fl_execution_logits (execution);
  g_autofree float *loss_gradient = g_new (float, n_classes);
  g_autoptr (FlPrediction) prediction = NULL;
  g_autoptr (FlGradients) gradients = NULL;

  if (label < 0 || label >= n_classes)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_RANGE, "label %d: the network has classes 0 to %d",
                   label, n_classes - 1);
      return NULL;
    }
  for (int i = 0; i < n_classes; i++)
    if (!isfinite (logits[i]))
      {
        g_set_error (error, FL_ERROR, FL_ERROR_NOT_FINITE,
                     "logit %d is %g: the network has no gradient here", i, (double) logits[i]);
        return NULL;
      }
  prediction = fl_prediction_new (n_classes, logits);
  fl_prediction_loss_gradient (prediction, label, loss_gradient);
  gradients
      = fl_execution_backward (execution, loss_gradient, FL_GRADIENT_FILTERS, cancellable, error);
  if (gradients == NULL)
    return NULL;
  for (int i = 0; i < fl_graph_n_filters (graph); i++)
    if (!isfinite (gradients->filters[i]))
      {
        int l = fl_graph_layer_of_filter (graph, i);
        const FlLayer *layer = fl_graph_layer (graph, l);

        g_set_error (error, FL_ERROR, FL_ERROR_NOT_FINITE,
                     "layer '%s' filter %d: its saliency is %g", layer->name,
                     i - layer->first_filter, gradients->filters[i]);
        return NULL;
      }
  return fl_profile_new (fl_graph_n_filters (graph), gradients->filters, label,
                         fl_prediction_loss (prediction, label));
}
