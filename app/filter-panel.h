#pragma once

#include <adwaita.h>

#include "app/session.h"

#define FL_TYPE_FILTER_PANEL (fl_filter_panel_get_type ())
G_DECLARE_FINAL_TYPE (FlFilterPanel, fl_filter_panel, FL, FILTER_PANEL, AdwBin)

/**
 * FlFilterPanel:
 *
 * The table of a session's filters, with a search and what switches several of them off or on at
 * once.
 *
 * Actions: `filters.switch-off-layer`, `filters.invert`, `filters.copy-rows`,
 * `filters.copy-command`, `filters.export`.
 */

/* @session: a reference is kept; once. */
void fl_filter_panel_set_session (FlFilterPanel *panel, FlSession *session);

/* Gives the keyboard to the search. */
void fl_filter_panel_find (FlFilterPanel *panel);
