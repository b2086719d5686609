#pragma once

#include <gio/gio.h>

#include "engine/core/pool.h"
#include "engine/core/tensor.h"
#include "engine/graph/edit-list.h"
#include "engine/graph/plan.h"

/**
 * FlExecution:
 *
 * The computation of one picture: the values of a plan and the edits laid over its graph. Belongs
 * to one thread at a time. Results do not depend on the number of workers of the pool: same input,
 * same bytes.
 *
 * Passes can be cancelled between operators; they fail then with %G_IO_ERROR_CANCELLED, and what
 * was not computed is computed by the next pass.
 */
typedef struct _FlExecution FlExecution;

/* @pool: borrowed, must outlive the execution. */
FlExecution *fl_execution_new (FlPlan *plan, FlPool *pool);
void fl_execution_free (FlExecution *execution);

FlGraph *fl_execution_graph (const FlExecution *execution); /* borrowed */

/**
 * fl_execution_set_edits:
 * @edits: (nullable): %NULL: none
 *
 * Lays @edits over the graph, instead of those before. Nothing is computed: pass the result to
 * fl_execution_forward_from().
 *
 * Returns: the first operator whose result changes, or fl_graph_n_operators() where none does
 */
int fl_execution_set_edits (FlExecution *execution, FlEditList *edits);

/* The edits laid over the graph, borrowed; %NULL for none. */
FlEditList *fl_execution_edits (const FlExecution *execution);

/**
 * fl_execution_forward:
 * @input: [C,H,W] or [1,C,H,W], the pre-processed picture
 *
 * Computes everything.
 *
 * Returns: %FALSE with %FL_ERROR_SHAPE or %G_IO_ERROR_CANCELLED
 */
gboolean fl_execution_forward (FlExecution *execution, FlTensor *input, GCancellable *cancellable,
                               GError **error);

/**
 * fl_execution_forward_from:
 * @first: index of an operator
 *
 * Computes what depends on edits that changed since the last pass, and operator @first with all
 * that depends on it; everything before is kept. Needs a %FL_PLAN_KEEP plan and an earlier
 * fl_execution_forward().
 */
gboolean fl_execution_forward_from (FlExecution *execution, int first, GCancellable *cancellable,
                                    GError **error);

/* The logits of the last forward pass, borrowed until the next, fl_graph_n_classes() floats. */
const float *fl_execution_logits (const FlExecution *execution);

typedef enum
{
  FL_GRADIENT_INPUT = 1 << 0,   /* with respect to the input */
  FL_GRADIENT_FILTERS = 1 << 1, /* mean |dW| of each filter, without storing dW */
  FL_GRADIENT_WEIGHTS = 1 << 2, /* with respect to every weight */
} FlGradientKind;

/**
 * FlGradients:
 * @input: (nullable): [C,H,W]
 * @filters: (nullable): fl_graph_n_filters() times the mean of |dW| over the filter's weights
 * @weights: (nullable) (element-type FlTensor): fl_graph_n_weights() tensors of the shape of the
 *   weights, in ONNX layout; %NULL elements for the running mean and variance of normalisations
 *
 * What a backward pass was asked for; the rest is %NULL.
 */
typedef struct
{
  FlTensor *input;
  double *filters;
  GPtrArray *weights;
} FlGradients;

void fl_gradients_free (FlGradients *gradients);

/**
 * fl_execution_backward:
 * @logit_gradient: (array): derivative of the scalar with respect to each logit,
 * fl_graph_n_classes()
 * @kinds: what is wanted
 *
 * Propagates back through the values of the last forward pass, edits included (an edited filter's
 * gradient is that at its new weights; a silent one's is 0). Needs a %FL_PLAN_KEEP plan.
 *
 * Returns: (transfer full): the gradients, or %NULL with %G_IO_ERROR_CANCELLED
 */
FlGradients *
fl_execution_backward (FlExecution *execution, const float *logit_gradient, FlGradientKind kinds,
                       GCancellable *cancellable, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlExecution, fl_execution_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlGradients, fl_gradients_free)
