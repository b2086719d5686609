#pragma once

#include <glib.h>

#include "engine/graph/graph.h"

typedef enum
{
  FL_PLAN_FORWARD_ONLY, /* memory is reused by lifetime: predictions over a data set */
  FL_PLAN_KEEP, /* every operator's input stays: partial recomputation and backward passes */
} FlPlanKind;

/**
 * FlPlan:
 *
 * How a graph is computed: the layout of every value, its place in one block of memory, and the
 * weights packed for the kernels. Immutable and reference counted; any number of executions share
 * one.
 */
typedef struct _FlPlan FlPlan;

FlPlan *fl_plan_new (FlGraph *graph, FlPlanKind kind);
FlPlan *fl_plan_ref (FlPlan *plan);
void fl_plan_unref (FlPlan *plan);

FlGraph *fl_plan_graph (const FlPlan *plan); /* borrowed */
FlPlanKind fl_plan_kind (const FlPlan *plan);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlPlan, fl_plan_unref)
