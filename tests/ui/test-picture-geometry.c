/* Which part of a picture is where: fitting, zooming about a point, edges, pixels. */

#include "ui/picture-geometry.h"

#include <math.h>

/* Places are sums of a few products of numbers below 1e5, computed in double. */
#define PLACE_TOLERANCE 1e-7

static const struct
{
  int width, height;
  double room_width, room_height, device;
} cases[] = { { 28, 28, 300, 300, 1 },   { 12000, 9000, 354, 266, 1 }, { 2, 2, 300, 300, 2 },
              { 640, 480, 301, 120, 2 }, { 30000, 1, 354, 120, 1 },    { 1, 1, 1, 1, 1 } };

static void
assert_in_place (const FlPictureGeometry *geometry)
{
  double width = geometry->width * geometry->scale, height = geometry->height * geometry->scale;

  if (width <= geometry->room_width)
    g_assert_cmpfloat_with_epsilon (geometry->x, (geometry->room_width - width) / 2,
                                    PLACE_TOLERANCE);
  else
    {
      g_assert_cmpfloat (geometry->x, <=, 0.0);
      g_assert_cmpfloat (geometry->x + width, >=, geometry->room_width - PLACE_TOLERANCE);
    }
  if (height <= geometry->room_height)
    g_assert_cmpfloat_with_epsilon (geometry->y, (geometry->room_height - height) / 2,
                                    PLACE_TOLERANCE);
  else
    {
      g_assert_cmpfloat (geometry->y, <=, 0.0);
      g_assert_cmpfloat (geometry->y + height, >=, geometry->room_height - PLACE_TOLERANCE);
    }
}

static void
begin (FlPictureGeometry *geometry, guint i)
{
  fl_picture_geometry_init (geometry, cases[i].width, cases[i].height);
  fl_picture_geometry_set_room (geometry, cases[i].room_width, cases[i].room_height,
                                cases[i].device);
}

static void
test_fit (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      FlPictureGeometry geometry;
      int left, top, right, bottom;

      begin (&geometry, i);
      g_assert_true (geometry.fitted);
      assert_in_place (&geometry);
      /* All of it, and one side touches the room's. */
      g_assert_cmpfloat (geometry.x, >=, -PLACE_TOLERANCE);
      g_assert_cmpfloat (geometry.y, >=, -PLACE_TOLERANCE);
      g_assert_cmpfloat_with_epsilon (MIN (geometry.x, geometry.y), 0.0, PLACE_TOLERANCE);
      g_assert_true (fl_picture_geometry_visible (&geometry, &left, &top, &right, &bottom));
      g_assert_cmpint (left, ==, 0);
      g_assert_cmpint (top, ==, 0);
      g_assert_cmpint (right, ==, cases[i].width);
      g_assert_cmpint (bottom, ==, cases[i].height);
    }
}

static void
test_zoom_keeps_point (void)
{
  FlPictureGeometry geometry;

  begin (&geometry, 0);
  fl_picture_geometry_zoom (&geometry, geometry.scale * 3, 150, 150);
  g_assert_false (geometry.fitted);
  for (int step = 0; step < 6; step++)
    {
      double at_x = (120 - geometry.x) / geometry.scale, at_y = (170 - geometry.y) / geometry.scale;

      fl_picture_geometry_zoom (&geometry, geometry.scale * 1.1, 120, 170);
      g_assert_cmpfloat_with_epsilon ((120 - geometry.x) / geometry.scale, at_x, PLACE_TOLERANCE);
      g_assert_cmpfloat_with_epsilon ((170 - geometry.y) / geometry.scale, at_y, PLACE_TOLERANCE);
    }
  g_assert_cmpfloat_with_epsilon (geometry.scale, 300.0 / 28 * 3 * pow (1.1, 6), PLACE_TOLERANCE);
}

static void
test_limits (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      FlPictureGeometry geometry;
      double fitting, least, most;

      begin (&geometry, i);
      fitting = geometry.scale;
      fl_picture_geometry_limits (&geometry, &least, &most);
      g_assert_cmpfloat (least, <=, 1.0 / cases[i].device);
      g_assert_cmpfloat (most, >=, 64.0 / cases[i].device);
      g_assert_true (fitting >= least && fitting <= most);
      fl_picture_geometry_zoom (&geometry, 1e9, 1, 1);
      g_assert_cmpfloat (geometry.scale, ==, most);
      assert_in_place (&geometry);
      fl_picture_geometry_zoom (&geometry, 1e-9, 0, 0);
      g_assert_cmpfloat (geometry.scale, ==, least);
      g_assert_cmpint (geometry.fitted, ==, least == fitting);
      assert_in_place (&geometry);
    }
}

static void
test_pan_stops_at_edges (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      FlPictureGeometry geometry;
      double x, y;

      begin (&geometry, i);
      fl_picture_geometry_pan (&geometry, 17, -9);
      assert_in_place (&geometry);
      fl_picture_geometry_zoom (&geometry, geometry.scale * 8, cases[i].room_width / 2,
                                cases[i].room_height / 2);
      x = geometry.x;
      y = geometry.y;
      fl_picture_geometry_pan (&geometry, 0.25, 0.125);
      if (cases[i].width * geometry.scale > cases[i].room_width + 1)
        g_assert_cmpfloat_with_epsilon (geometry.x, x + 0.25, PLACE_TOLERANCE);
      if (cases[i].height * geometry.scale > cases[i].room_height + 1)
        g_assert_cmpfloat_with_epsilon (geometry.y, y + 0.125, PLACE_TOLERANCE);
      fl_picture_geometry_pan (&geometry, 1e9, -1e9);
      assert_in_place (&geometry);
      fl_picture_geometry_pan (&geometry, -1e9, 1e9);
      assert_in_place (&geometry);
    }
}

static void
test_room_changes (void)
{
  FlPictureGeometry geometry;
  double scale;

  begin (&geometry, 3);
  fl_picture_geometry_set_room (&geometry, 640, 960, 1);
  g_assert_cmpfloat (geometry.scale, ==, 1.0);
  g_assert_cmpfloat (geometry.y, ==, 240.0);
  fl_picture_geometry_zoom (&geometry, 4, 100, 300);
  scale = geometry.scale;
  fl_picture_geometry_set_room (&geometry, 500, 500, 1);
  g_assert_cmpfloat (geometry.scale, ==, scale);
  g_assert_false (geometry.fitted);
  /* Zooming kept column 100 under 100, and the upper edge at 0: the middle is at (155, 120). */
  g_assert_cmpfloat_with_epsilon ((250 - geometry.x) / scale, 155, PLACE_TOLERANCE);
  g_assert_cmpfloat_with_epsilon ((250 - geometry.y) / scale, 120, PLACE_TOLERANCE);
  fl_picture_geometry_fit (&geometry);
  g_assert_true (geometry.fitted);
  g_assert_cmpfloat_with_epsilon (geometry.scale, 500.0 / 640, PLACE_TOLERANCE);
  /* Without room there is nothing, and it comes back. */
  fl_picture_geometry_set_room (&geometry, 0, 0, 1);
  int side;

  g_assert_false (fl_picture_geometry_visible (&geometry, &side, &side, &side, &side));
  fl_picture_geometry_set_room (&geometry, 640, 480, 1);
  g_assert_cmpfloat (geometry.scale, ==, 1.0);
}

static void
test_pixel (void)
{
  FlPictureGeometry geometry;
  int column = -7, row = -7;

  begin (&geometry, 3); /* 640 x 480 in 301 x 120: scale 1/4, from (70.5, 0) */
  g_assert_cmpfloat (geometry.scale, ==, 0.25);
  g_assert_false (fl_picture_geometry_pixel (&geometry, 70.4, 10, &column, &row));
  g_assert_cmpint (column, ==, -7);
  g_assert_true (fl_picture_geometry_pixel (&geometry, 70.5, 0, &column, &row));
  g_assert_cmpint (column, ==, 0);
  g_assert_cmpint (row, ==, 0);
  g_assert_true (fl_picture_geometry_pixel (&geometry, 230.4, 119.9, &column, &row));
  g_assert_cmpint (column, ==, 639);
  g_assert_cmpint (row, ==, 479);
  g_assert_false (fl_picture_geometry_pixel (&geometry, 230.5, 119.9, &column, &row));
  g_assert_false (fl_picture_geometry_pixel (&geometry, 100, 120, &column, &row));
  fl_picture_geometry_zoom (&geometry, 10, 70.5, 0);
  /* The left edge moves to the view's. */
  g_assert_true (fl_picture_geometry_pixel (&geometry, 80.4, 9.9, &column, &row));
  g_assert_cmpint (column, ==, 8);
  g_assert_cmpint (row, ==, 0);
}

static void
test_visible (void)
{
  FlPictureGeometry geometry;
  int left, top, right, bottom;

  begin (&geometry, 1);
  fl_picture_geometry_zoom (&geometry, 10, 177, 133);
  g_assert_true (fl_picture_geometry_visible (&geometry, &left, &top, &right, &bottom));
  /* A view of 354 x 266 shows at most 37 x 28 pixels of ten units each. */
  g_assert_cmpint (right - left, >=, 35);
  g_assert_cmpint (right - left, <=, 37);
  g_assert_cmpint (bottom - top, >=, 27);
  g_assert_cmpint (bottom - top, <=, 28);
  g_assert_cmpfloat (geometry.x + left * geometry.scale, <=, 0.0);
  g_assert_cmpfloat (geometry.x + (left + 1) * geometry.scale, >, 0.0);
  g_assert_cmpfloat (geometry.y + bottom * geometry.scale, >=, 266.0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui/picture-geometry/fit", test_fit);
  g_test_add_func ("/ui/picture-geometry/zoom-keeps-point", test_zoom_keeps_point);
  g_test_add_func ("/ui/picture-geometry/limits", test_limits);
  g_test_add_func ("/ui/picture-geometry/pan-stops-at-edges", test_pan_stops_at_edges);
  g_test_add_func ("/ui/picture-geometry/room-changes", test_room_changes);
  g_test_add_func ("/ui/picture-geometry/pixel", test_pixel);
  g_test_add_func ("/ui/picture-geometry/visible", test_visible);
  return g_test_run ();
}
