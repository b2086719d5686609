#pragma once

#include <gtk/gtk.h>

#define FL_TYPE_PICTURE_VIEW (fl_picture_view_get_type ())
G_DECLARE_FINAL_TYPE (FlPictureView, fl_picture_view, FL, PICTURE_VIEW, GtkWidget)

/**
 * FlPictureView:
 *
 * Shows a picture, first as large as there is room, its aspect ratio kept. Enlarged pixels are
 * squares unless they are to be smooth; a reduced picture is always smoothed. Only what is seen is
 * drawn, so that very large pictures are no slower than others.
 *
 * Scrolling and pinching zoom about the pointer, dragging moves the picture. With the keyboard's
 * focus: + and - zoom about the middle, 0 fits the picture, 1 shows a pixel on each pixel of the
 * screen, arrows move.
 *
 * Signals:
 * - "pixel-hovered" (int column, int row): the pixel under the pointer; -1, -1 where there is none
 * - "zoomed": another part or size of the picture is shown
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
 * @rgb: width * height * 3 bytes, rows from top to bottom; %NULL: nothing to show
 * @factor: 1 or more
 * @reduced: the same, (width / factor) * (height / factor) * 3 bytes (but at least one row and
 *   column): averages of squares of @factor pixels; @rgb itself for 1
 *
 * References are kept and nothing is copied. The whole picture is shown.
 */
void fl_picture_view_set_pixels (FlPictureView *view, int width, int height, GBytes *rgb,
                                 int factor, GBytes *reduced);

/* The view asks for a height in this ratio to its width, whatever it shows; 1:1 at first. */
void fl_picture_view_set_ratio (FlPictureView *view, int width, int height);

/* What a screen reader says of the picture. */
void fl_picture_view_set_description (FlPictureView *view, const char *description);

/* @factor: above 1 enlarges, about the middle of the view. */
void fl_picture_view_zoom (FlPictureView *view, double factor);
void fl_picture_view_fit (FlPictureView *view);
void fl_picture_view_show_one_to_one (FlPictureView *view);

/* Device pixels in a pixel of the picture. */
double fl_picture_view_get_zoom (FlPictureView *view);

/* Whether enlarged pixels run into one another. */
void fl_picture_view_set_smooth (FlPictureView *view, gboolean smooth);
