#pragma once

/* What a plan is made of. For the files of this folder only. */

#include "engine/graph/graph-private.h"
#include "engine/graph/plan.h"

/* Where no block of memory holds the value. */
#define FL_NO_PLACE G_MAXSIZE

typedef struct
{
  FlView view;           /* shape and strides; data only for constants */
  gsize place;           /* floats from the start of the block, FL_NO_PLACE for constants */
  gsize gradient_place;  /* the same in the block of gradients */
  gboolean after_weight; /* depends on some weight */
  gboolean after_filter; /* depends on the weight of a Conv */
} FlValuePlan;

struct _FlPlan
{
  gatomicrefcount references;
  FlGraph *graph; /* owned */
  FlPlanKind kind;
  FlValuePlan *values;  /* owned, one for each value of the graph */
  gsize block_size;     /* floats */
  gsize gradient_size;  /* floats; 0 for a forward-only plan */
  float **packed;       /* owned, one for each operator, NULL where there is nothing to pack */
  gsize *packed_size;   /* owned, floats */
  int *silent_follower; /* owned: for a Conv its only consumer where that is a BatchNormalization,
                           else -1 */
};
