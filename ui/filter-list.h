#pragma once

#include <gtk/gtk.h>

#include "engine/saliency/profile.h"
#include "ui/filter-catalogue.h"

#define FL_TYPE_FILTER_ITEM (fl_filter_item_get_type ())
G_DECLARE_FINAL_TYPE (FlFilterItem, fl_filter_item, FL, FILTER_ITEM, GObject)

/**
 * FlFilterItem:
 *
 * A row of an FlFilterList. Made when it is looked at and gone when nobody looks any more; only its
 * property "off" changes while it lives.
 */
int fl_filter_item_get_filter (FlFilterItem *item);
gboolean fl_filter_item_get_off (FlFilterItem *item);

typedef enum
{
  FL_FILTER_COLUMN_OFF,
  FL_FILTER_COLUMN_RANK,
  FL_FILTER_COLUMN_LAYER,
  FL_FILTER_COLUMN_FILTER,
  FL_FILTER_COLUMN_SALIENCY,
} FlFilterColumn;

#define FL_TYPE_FILTER_LIST (fl_filter_list_get_type ())
G_DECLARE_FINAL_TYPE (FlFilterList, fl_filter_list, FL, FILTER_LIST, GObject)

/**
 * FlFilterList:
 *
 * The filters of a network, or those that are searched for, as a #GListModel of #FlFilterItem with
 * a #GtkSelectionModel. Several rows may be marked; the one marked last is the selected filter.
 * Sorting and switching work on plain numbers, so that tens of thousands of filters cost nothing
 * until they are scrolled into view.
 */
FlFilterList *fl_filter_list_new (void);

/* @catalogue and @profile: (nullable) both or neither; references are kept. All filters are on
 * then. */
void fl_filter_list_set_data (FlFilterList *list, FlFilterCatalogue *catalogue, FlProfile *profile);
FlFilterCatalogue *fl_filter_list_get_catalogue (FlFilterList *list); /* borrowed, nullable */
FlProfile *fl_filter_list_get_profile (FlFilterList *list);           /* borrowed, nullable */

/**
 * fl_filter_list_sort:
 * @descending: reverses the column, but not the ties, which are always by rank
 *
 * Layers sort in network order, not by name. The order holds for later data, too; a change of on
 * and off does not move rows until the next sort, so that a row does not run away from the pointer.
 */
void fl_filter_list_sort (FlFilterList *list, FlFilterColumn column, gboolean descending);

/**
 * fl_filter_list_search:
 * @text: a part of layers' names in upper or lower case; "part:N" is filter N of these layers, ":N"
 * of all; empty for all filters
 *
 * Holds for later data, too. Rows that go lose their mark; the selected filter stays what it is.
 */
void fl_filter_list_search (FlFilterList *list, const char *text);

/* @off: (array length=n_filters): 1 where a filter is off; copied. */
void fl_filter_list_set_off (FlFilterList *list, const guint8 *off);

/* The filter at a row, and the row of a filter (-1 for a filter that has none). */
int fl_filter_list_get_filter (FlFilterList *list, guint position);
int fl_filter_list_get_position (FlFilterList *list, int filter);

/* The filters whose rows are marked, in the order of the rows, newly allocated. */
int *fl_filter_list_get_marked (FlFilterList *list, int *n_marked);

/* The selected filter, -1 for none. Selecting it marks its row only, and emits
 * GtkSelectionModel::selection-changed. */
int fl_filter_list_get_selected (FlFilterList *list);
void fl_filter_list_set_selected (FlFilterList *list, int filter);
