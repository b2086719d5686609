#pragma once

#include <adwaita.h>

#include "app/session.h"

#define FL_TYPE_PICTURE_PANEL (fl_picture_panel_get_type ())
G_DECLARE_FINAL_TYPE (FlPicturePanel, fl_picture_panel, FL, PICTURE_PANEL, AdwBin)

/**
 * FlPicturePanel:
 *
 * The card with the picture of a session.
 */

/* @session: a reference is kept; once. */
void fl_picture_panel_set_session (FlPicturePanel *panel, FlSession *session);
