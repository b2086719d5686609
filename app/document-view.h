#pragma once

#include <adwaita.h>

#include "app/session.h"

#define FL_TYPE_DOCUMENT_VIEW (fl_document_view_get_type ())
G_DECLARE_FINAL_TYPE (FlDocumentView, fl_document_view, FL, DOCUMENT_VIEW, AdwBin)

/**
 * FlDocumentView:
 *
 * Shows a session: picture, predictions, chart and table, and passes on what the user does there.
 *
 * Signal:
 * - "status" (const char *text): what is to be said of the filter under the pointer or the keyboard
 */

/* @session: a reference is kept; once. */
void fl_document_view_set_session (FlDocumentView *view, FlSession *session);

/* Gives the keyboard to the search of the table. */
void fl_document_view_find (FlDocumentView *view);
