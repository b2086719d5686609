#pragma once

#include <glib.h>

#include "engine/core/tensor.h"
#include "engine/graph/graph.h"

typedef enum
{
  FL_EDIT_WEIGHTS, /* the filter's weights are replaced; its bias stays */
  FL_EDIT_SILENT, /* the channel is 0 after the Conv, and after its BatchNormalization where that is
                      the Conv's only consumer */
} FlEditKind;

/**
 * FlEdit:
 * @filter: number in the network, see FlLayer
 * @weights: (nullable): for %FL_EDIT_WEIGHTS the new weights [I,KH,KW]; %NULL: all zero
 */
typedef struct
{
  int filter;
  FlEditKind kind;
  FlTensor *weights;
} FlEdit;

/**
 * FlEditList:
 *
 * What is changed about a network: at most one edit a filter, in the order of filters. An execution
 * lays it over the graph, which stays as it is. Immutable and reference counted.
 */
typedef struct _FlEditList FlEditList;

/**
 * fl_edit_list_new:
 * @edits: (array length=n_edits): copied, with references to the weights; of several for one filter
 *   the last holds
 *
 * Returns: (transfer full): a list; %NULL with %FL_ERROR_RANGE or %FL_ERROR_SHAPE
 */
FlEditList *
fl_edit_list_new (const FlGraph *graph, int n_edits, const FlEdit *edits, GError **error);

FlEditList *fl_edit_list_ref (FlEditList *list);
void fl_edit_list_unref (FlEditList *list);

int fl_edit_list_length (const FlEditList *list);

/* Borrowed. */
const FlEdit *fl_edit_list_get (const FlEditList *list, int index);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlEditList, fl_edit_list_unref)
