#pragma once

#include <gtk/gtk.h>

#define FL_TYPE_PICTURE_VIEW (fl_picture_view_get_type ())
G_DECLARE_FINAL_TYPE (FlPictureView, fl_picture_view, FL, PICTURE_VIEW, GtkWidget)

/**
 * FlPictureView:
 *
 * Shows a picture as large as there is room, its aspect ratio kept. Enlarged pixels stay squares,
 * because smoothing would change what is measured; a reduced picture is smoothed.
 *
 * # CSS nodes
 * One node named `pictureview`.
 *
 * # Accessibility
 * Role image; the description is what fl_picture_view_set_description() says.
 */
GtkWidget *fl_picture_view_new (void);

/**
 * fl_picture_view_set_pixels:
 * @width: 1 or more
 * @rgb: (array): @width * @height * 3 bytes, rows from top to bottom, copied; %NULL: nothing to
 * show
 */
void fl_picture_view_set_pixels (FlPictureView *view, int width, int height, const guint8 *rgb);

/* What a screen reader says of the picture. */
void fl_picture_view_set_description (FlPictureView *view, const char *description);
