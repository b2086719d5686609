#pragma once

#include <adwaita.h>

#include "app/session.h"

#define FL_TYPE_CHART_PANEL (fl_chart_panel_get_type ())
G_DECLARE_FINAL_TYPE (FlChartPanel, fl_chart_panel, FL, CHART_PANEL, AdwBin)

/**
 * FlChartPanel:
 *
 * The card with the chart of a session's filters.
 *
 * Signal:
 * - "filter-hovered" (int filter): what the pointer is over; -1 where it left
 */

/* @session: a reference is kept; once. */
void fl_chart_panel_set_session (FlChartPanel *panel, FlSession *session);
