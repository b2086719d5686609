#pragma once

#include <adwaita.h>

#include "app/session.h"

#define FL_TYPE_PICTURE_PANEL (fl_picture_panel_get_type ())
G_DECLARE_FINAL_TYPE (FlPicturePanel, fl_picture_panel, FL, PICTURE_PANEL, AdwBin)

/**
 * FlPicturePanel:
 *
 * The card with the picture of a session, or with what the network sees of it. The line below says
 * the value of the pixel under the pointer, and of the network's input at that place.
 *
 * Actions: `picture.zoom-in`, `picture.zoom-out`, `picture.fit`, `picture.one-to-one`, and with a
 * state `picture.smooth` (boolean) and `picture.side` ("picture" or "input").
 */

/* @session: a reference is kept; once. */
void fl_picture_panel_set_session (FlPicturePanel *panel, FlSession *session);
