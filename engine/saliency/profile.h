#pragma once

#include <gio/gio.h>

#include "engine/graph/execution.h"

/**
 * FlProfile:
 * @n_filters: number of filters of the network
 * @label: the class whose cross-entropy was differentiated
 * @loss: that cross-entropy
 * @saliency: for each filter the mean of |dL/dw| over its weights, at least 0
 * @rank: for each filter its rank by saliency, 1 for the largest; ties in the order of filters
 * @order: filters by rank: order[rank - 1]
 *
 * The filter-wise saliency profile of one picture (Levin et al. 2022, parameter-space saliency:
 * |dL/dtheta| of the cross-entropy at the label, averaged over each filter; the absolute value
 * first, then the mean). A plain value that is never changed; reference counted.
 */
typedef struct
{
  gatomicrefcount references;
  int n_filters;
  int label;
  double loss;
  double *saliency;
  int *rank;
  int *order;
} FlProfile;

/* @saliency: (array length=n_filters): copied */
FlProfile *fl_profile_new (int n_filters, const double *saliency, int label, double loss);
FlProfile *fl_profile_ref (FlProfile *profile);
void fl_profile_unref (FlProfile *profile);

/**
 * fl_profile_compute:
 * @execution: after a forward pass, with a %FL_PLAN_KEEP plan
 * @label: 0 .. number of classes - 1
 *
 * Differentiates the loss at the values of the last forward pass.
 *
 * Returns: (transfer full): the profile; %NULL with %FL_ERROR_RANGE for a label that does not
 * exist, %FL_ERROR_NOT_FINITE where a logit or gradient is not a number, or %G_IO_ERROR_CANCELLED
 */
FlProfile *
fl_profile_compute (FlExecution *execution, int label, GCancellable *cancellable, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlProfile, fl_profile_unref)
