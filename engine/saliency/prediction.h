#pragma once

#include <glib.h>

/**
 * FlPrediction:
 * @n_classes: number of classes
 * @logits: as the network gives them
 * @probabilities: softmax of the logits, formed in double
 * @order: classes, most probable first; ties in the order of classes
 *
 * What a network says of a picture. A plain value that is never changed; reference counted.
 */
typedef struct
{
  gatomicrefcount references;
  int n_classes;
  float *logits;
  double *probabilities;
  int *order;
} FlPrediction;

/* @logits: (array length=n_classes): copied */
FlPrediction *fl_prediction_new (int n_classes, const float *logits);
FlPrediction *fl_prediction_ref (FlPrediction *prediction);
void fl_prediction_unref (FlPrediction *prediction);

/* 0 for the most probable class. */
int fl_prediction_rank (const FlPrediction *prediction, int class);

/**
 * fl_prediction_loss:
 *
 * Cross-entropy -log p of @label, in double.
 */
double fl_prediction_loss (const FlPrediction *prediction, int label);

/**
 * fl_prediction_loss_gradient:
 * @gradient: (out caller-allocates) (array length=n_classes): p - e_label
 *
 * The derivative of the loss with respect to the logits. p_label - 1 is formed as minus the sum of
 * the other probabilities, so that a confident prediction keeps its gradient.
 */
void fl_prediction_loss_gradient (const FlPrediction *prediction, int label, double *gradient);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlPrediction, fl_prediction_unref)
