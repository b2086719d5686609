#include "ui/picture-geometry.h"

#include <math.h>

#define MOST_DEVICE_PIXELS 64.0

/* Where a side of @length begins that is to begin at @start. */
static double
place_side (double start, double length, double room)
{
  if (length <= room)
    return (room - length) / 2.0;
  return CLAMP (start, room - length, 0.0);
}

static void
place (FlPictureGeometry *geometry, double x, double y)
{
  geometry->x = place_side (x, geometry->width * geometry->scale, geometry->room_width);
  geometry->y = place_side (y, geometry->height * geometry->scale, geometry->room_height);
}

static double
fitting_scale (const FlPictureGeometry *geometry)
{
  double scale
      = MIN (geometry->room_width / geometry->width, geometry->room_height / geometry->height);

  return scale > 0.0 ? scale : 1.0;
}

void
fl_picture_geometry_init (FlPictureGeometry *geometry, int width, int height)
{
  g_return_if_fail (width >= 1 && height >= 1);

  *geometry = (FlPictureGeometry){
    .width = width, .height = height, .device = 1.0, .scale = 1.0, .fitted = TRUE
  };
}

void
fl_picture_geometry_set_room (FlPictureGeometry *geometry, double room_width, double room_height,
                              double device)
{
  double middle_x = (geometry->room_width / 2.0 - geometry->x) / geometry->scale;
  double middle_y = (geometry->room_height / 2.0 - geometry->y) / geometry->scale;
  double least, most;

  geometry->room_width = room_width;
  geometry->room_height = room_height;
  geometry->device = device;
  if (geometry->fitted)
    {
      fl_picture_geometry_fit (geometry);
      return;
    }
  fl_picture_geometry_limits (geometry, &least, &most);
  geometry->scale = CLAMP (geometry->scale, least, most);
  place (geometry, room_width / 2.0 - middle_x * geometry->scale,
         room_height / 2.0 - middle_y * geometry->scale);
}

void
fl_picture_geometry_fit (FlPictureGeometry *geometry)
{
  geometry->scale = fitting_scale (geometry);
  geometry->fitted = TRUE;
  place (geometry, 0.0, 0.0);
}

void
fl_picture_geometry_limits (const FlPictureGeometry *geometry, double *least, double *most)
{
  double fitting = fitting_scale (geometry);

  *least = MIN (fitting, 1.0 / geometry->device);
  *most = MAX (fitting, MOST_DEVICE_PIXELS / geometry->device);
}

void
fl_picture_geometry_zoom (FlPictureGeometry *geometry, double scale, double x, double y)
{
  double at_x = (x - geometry->x) / geometry->scale;
  double at_y = (y - geometry->y) / geometry->scale;
  double least, most;

  fl_picture_geometry_limits (geometry, &least, &most);
  geometry->scale = CLAMP (scale, least, most);
  geometry->fitted = geometry->scale == fitting_scale (geometry);
  place (geometry, x - at_x * geometry->scale, y - at_y * geometry->scale);
}

void
fl_picture_geometry_pan (FlPictureGeometry *geometry, double dx, double dy)
{
  place (geometry, geometry->x + dx, geometry->y + dy);
}

gboolean
fl_picture_geometry_pixel (const FlPictureGeometry *geometry, double x, double y, int *column,
                           int *row)
{
  double at_x = floor ((x - geometry->x) / geometry->scale);
  double at_y = floor ((y - geometry->y) / geometry->scale);

  if (!(x >= 0.0 && x < geometry->room_width && y >= 0.0 && y < geometry->room_height)
      || !(at_x >= 0.0 && at_x < geometry->width && at_y >= 0.0 && at_y < geometry->height))
    return FALSE;
  *column = (int) at_x;
  *row = (int) at_y;
  return TRUE;
}

gboolean
fl_picture_geometry_visible (const FlPictureGeometry *geometry, int *left, int *top, int *right,
                             int *bottom)
{
  double last_x = ceil ((geometry->room_width - geometry->x) / geometry->scale);
  double last_y = ceil ((geometry->room_height - geometry->y) / geometry->scale);

  if (!(geometry->room_width > 0.0 && geometry->room_height > 0.0))
    return FALSE;
  *left = (int) floor (MAX (-geometry->x / geometry->scale, 0.0));
  *top = (int) floor (MAX (-geometry->y / geometry->scale, 0.0));
  *right = (int) MIN (last_x, geometry->width);
  *bottom = (int) MIN (last_y, geometry->height);
  return *left < *right && *top < *bottom;
}
