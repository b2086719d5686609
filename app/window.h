#pragma once

#include <adwaita.h>

#include "app/application.h"

#define FL_TYPE_WINDOW (fl_window_get_type ())
G_DECLARE_FINAL_TYPE (FlWindow, fl_window, FL, WINDOW, AdwApplicationWindow)

/**
 * FlWindow:
 *
 * The window: header bar, messages, what an FlSession holds, and the status line.
 */
FlWindow *fl_window_new (FlApplication *application);

/* Opens a network, a picture or both, as fl_session_open() does; both %NULL: nothing. */
void fl_window_open (FlWindow *window, const char *network_path, const char *picture_path);

/* Opens the bundled network and picture. */
void fl_window_open_sample (FlWindow *window);
