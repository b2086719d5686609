#pragma once

#include "engine/graph/operator-record.h"
#include "engine/kernels/strided-loop.h"

/* Loops over views. */

/* A loop over the elements of a shape. */
void fl_view_loop_init (FlStridedLoop *loop, const FlShape *shape);

/*
 * Adds a view as an operand, the written one first. The view's axes stand against the last axes of
 * the loop; one of size 1, or one that it lacks, is repeated.
 */
void fl_view_loop_add (FlStridedLoop *loop, const FlView *view);

/* to = from and to += from, of one shape. */
void fl_view_copy (FlPool *pool, const FlView *to, const FlView *from);
void fl_view_add (FlPool *pool, const FlView *to, const FlView *from);

/*
 * The shape of what a operates on b gives, each repeated along axes of size 1. Sets an error and
 * returns FALSE where the shapes do not fit.
 */
gboolean fl_shape_broadcast (const FlOperatorRequest *request, const FlShape *a, const FlShape *b,
                             FlShape *result, GError **error);

/*
 * The axis that an attribute means: -rank .. rank - 1, from the end where negative. Sets an error
 * and returns FALSE outside of that.
 */
gboolean fl_axis_from_attribute (const FlOperatorRequest *request, gint64 value, int rank,
                                 int *axis, GError **error);

/* Newly allocated text of a shape, for messages. */
char *fl_shape_text (const FlShape *shape);
