#pragma once

#include <glib.h>

/**
 * FlPictureGeometry:
 * @width: of the picture, in its pixels, 1 or more
 * @height: likewise
 * @room_width: of the view
 * @room_height: likewise
 * @device: device pixels in a unit of the view's length, at least 1
 * @scale: units of the view's length in a pixel of the picture
 * @x: where the picture's upper left corner is in the view
 * @y: likewise
 * @fitted: whether the whole picture is shown as large as there is room
 *
 * Which part of a picture is where in a view. A picture that is smaller than the view lies in its
 * middle; of a larger one nothing but picture is seen.
 */
typedef struct
{
  int width;
  int height;
  double room_width;
  double room_height;
  double device;
  double scale;
  double x;
  double y;
  gboolean fitted;
} FlPictureGeometry;

/* A whole picture in a view without room; fl_picture_geometry_set_room() follows. */
void fl_picture_geometry_init (FlPictureGeometry *geometry, int width, int height);

/**
 * fl_picture_geometry_set_room:
 *
 * The view has another size: what is fitted is fitted anew; else scale and middle stay.
 */
void fl_picture_geometry_set_room (FlPictureGeometry *geometry, double room_width,
                                   double room_height, double device);

/* The whole picture, as large as there is room. */
void fl_picture_geometry_fit (FlPictureGeometry *geometry);

/**
 * fl_picture_geometry_zoom:
 * @scale: new units of length in a pixel, cut to what fl_picture_geometry_limits() says
 * @x: a point in the view that keeps its place in the picture, as far as the edges let it
 * @y: likewise
 */
void fl_picture_geometry_zoom (FlPictureGeometry *geometry, double scale, double x, double y);

/* Moves the picture, not beyond its edges. */
void fl_picture_geometry_pan (FlPictureGeometry *geometry, double dx, double dy);

/**
 * fl_picture_geometry_limits:
 * @least: (out): the smallest scale: the whole picture, or a device pixel for each pixel where that
 *   is smaller
 * @most: (out): the largest: 64 device pixels for each pixel, or the whole picture where that is
 *   larger
 */
void fl_picture_geometry_limits (const FlPictureGeometry *geometry, double *least, double *most);

/**
 * fl_picture_geometry_pixel:
 * @column: (out): of the pixel at a point, 0 .. width - 1
 * @row: (out): likewise
 *
 * Returns: %FALSE where there is no picture
 */
gboolean fl_picture_geometry_pixel (const FlPictureGeometry *geometry, double x, double y,
                                    int *column, int *row);

/**
 * fl_picture_geometry_visible:
 * @left: (out): the first column that is seen, at least in part
 * @right: (out): the column after the last
 *
 * Returns: %FALSE where nothing is seen
 */
gboolean fl_picture_geometry_visible (const FlPictureGeometry *geometry, int *left, int *top,
                                      int *right, int *bottom);
