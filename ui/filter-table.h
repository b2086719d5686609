#pragma once

#include <gtk/gtk.h>

#include "engine/saliency/profile.h"
#include "ui/filter-catalogue.h"
#include "ui/filter-list.h"

#define FL_TYPE_FILTER_TABLE (fl_filter_table_get_type ())
G_DECLARE_FINAL_TYPE (FlFilterTable, fl_filter_table, FL, FILTER_TABLE, GtkWidget)

/**
 * FlFilterTable:
 *
 * The filters of a network as a table that can be sorted by every column; each row has a switch.
 *
 * Signals:
 * - "filter-selected" (int filter): the user chose a row; -1 where none is chosen
 * - "filter-toggled" (int filter): the user asks to switch a filter off or on; the row follows when
 *   fl_filter_table_set_off() is called
 * - "marked-toggled": likewise for several filters at once, those that
 *   fl_filter_list_get_marked() returns
 *
 * Arrows move, with Shift they mark several rows, Space toggles what is marked, Tab leaves the
 * table. Before the rows Tab stops at the headers: Left and Right go through them, Space sorts. The
 * action `table.sort` with the name of a column ("on", "rank", "layer", "filter", "saliency") sorts
 * by it, and reverses it the second time.
 */
GtkWidget *fl_filter_table_new (void);

/* @catalogue and @profile: (nullable) both or neither; references are kept. All filters are on
 * then. */
void
fl_filter_table_set_data (FlFilterTable *table, FlFilterCatalogue *catalogue, FlProfile *profile);

/* @off: (array length=n_filters): 1 where a filter is off; copied. */
void fl_filter_table_set_off (FlFilterTable *table, const guint8 *off);

/* Selects a filter's row and brings it into view, -1 for none; no signal follows. */
void fl_filter_table_set_selected (FlFilterTable *table, int filter);

/* Shows only the filters that fl_filter_list_search() finds, from the first row. */
void fl_filter_table_search (FlFilterTable *table, const char *text);

/* Gives the keyboard to the rows; FALSE where there is none. */
gboolean fl_filter_table_focus_rows (FlFilterTable *table);

/* The rows, borrowed. */
FlFilterList *fl_filter_table_get_list (FlFilterTable *table);
