#pragma once

#include <adwaita.h>

#include "app/session.h"

#define FL_TYPE_FILTER_PANEL (fl_filter_panel_get_type ())
G_DECLARE_FINAL_TYPE (FlFilterPanel, fl_filter_panel, FL, FILTER_PANEL, AdwBin)

/**
 * FlFilterPanel:
 *
 * The table of a session's filters, with what switches several of them off or on at once.
 */

/* @session: a reference is kept; once. */
void fl_filter_panel_set_session (FlFilterPanel *panel, FlSession *session);
