#include "ui/picture-view.h"

#include <math.h>

#include "ui/picture-geometry.h"

#define LEAST_SIDE 120
#define NATURAL_SIDE 300
#define ZOOM_STEP 1.25 /* of a notch of the wheel and of a key */
#define PAN_STEP 40.0  /* of an arrow key */

/* Pixels of one size, row by row. */
typedef struct
{
  const guint8 *rgb;
  int width;
  int height;
  double side; /* in pixels of the whole picture */
} Level;

/* A part of a level as it is drawn, its pixels averaged where they are smaller than the screen's.
 */
typedef struct
{
  cairo_surface_t *surface; /* owned, nullable */
  gboolean reduced;
  int step; /* pixels of the level in one of the surface */
  int left; /* the part, in pixels of the surface */
  int top;
  int right;
  int bottom;
} Tile;

struct _FlPictureView
{
  GtkWidget parent_instance;

  GBytes *rgb;     /* owned, nullable */
  GBytes *reduced; /* owned, with rgb */
  int factor;
  int ratio_width;
  int ratio_height;
  gboolean smooth;
  FlPictureGeometry geometry; /* of rgb */
  Tile tile;                  /* what was drawn last */

  double pointer_x; /* negative: not inside */
  double pointer_y;
  double dragged_x; /* how far the picture has followed */
  double dragged_y;
  double pinch_scale; /* when it began */
};

G_DEFINE_FINAL_TYPE (FlPictureView, fl_picture_view, GTK_TYPE_WIDGET)

enum
{
  PIXEL_HOVERED,
  ZOOMED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
show_pixel (FlPictureView *self)
{
  int column = -1, row = -1;

  if (self->rgb != NULL)
    fl_picture_geometry_pixel (&self->geometry, self->pointer_x, self->pointer_y, &column, &row);
  g_signal_emit (self, signals[PIXEL_HOVERED], 0, column, row);
}

/* After every change of the geometry. */
static void
show_geometry (FlPictureView *self)
{
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_signal_emit (self, signals[ZOOMED], 0);
  show_pixel (self);
}

/* The mean of up to @step * @step pixels. */
static guint32
mean_pixel (const Level *level, int x, int y, int step)
{
  int width = MIN (step, level->width - x), height = MIN (step, level->height - y);
  guint64 red = 0, green = 0, blue = 0, n = (guint64) width * (guint64) height;

  for (int row = 0; row < height; row++)
    {
      const guint8 *pixel = level->rgb + ((gsize) (y + row) * (gsize) level->width + (gsize) x) * 3;

      for (int column = 0; column < width; column++, pixel += 3)
        {
          red += pixel[0];
          green += pixel[1];
          blue += pixel[2];
        }
    }
  return (guint32) ((red + n / 2) / n << 16 | (green + n / 2) / n << 8 | (blue + n / 2) / n);
}

static void
fill_tile (Tile *tile, const Level *level)
{
  int width = tile->right - tile->left, height = tile->bottom - tile->top;

  tile->surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
  if (cairo_surface_status (tile->surface) != CAIRO_STATUS_SUCCESS)
    return;

  guchar *pixels = cairo_image_surface_get_data (tile->surface);
  int stride = cairo_image_surface_get_stride (tile->surface);

  for (int y = 0; y < height; y++)
    {
      guint32 *row = (guint32 *) (gpointer) (pixels + (gsize) y * (gsize) stride);

      for (int x = 0; x < width; x++)
        row[x] = mean_pixel (level, (tile->left + x) * tile->step, (tile->top + y) * tile->step,
                             tile->step);
    }
  cairo_surface_mark_dirty (tile->surface);
}

/* Brings what is seen into the tile: as few pixels as the screen can tell apart, not many more. A
 * pixel more on every side, for what is smoothed over the view's edges.
 *
 * Returns: pixels of the picture in one of the tile, 0 where nothing is seen
 */
static double
ensure_tile (FlPictureView *self)
{
  const FlPictureGeometry *geometry = &self->geometry;
  gboolean reduced = geometry->scale * geometry->device * self->factor <= 1.0;
  Level level = { .rgb = g_bytes_get_data (reduced ? self->reduced : self->rgb, NULL),
                  .width = MAX (1, geometry->width / (reduced ? self->factor : 1)),
                  .height = MAX (1, geometry->height / (reduced ? self->factor : 1)),
                  .side = reduced ? self->factor : 1 };
  int step = MAX (1, (int) floor (1.0 / (geometry->scale * geometry->device * level.side)));
  double side = step * level.side;
  int left, top, right, bottom;

  if (!fl_picture_geometry_visible (geometry, &left, &top, &right, &bottom))
    return 0.0;

  int most_right = (level.width + step - 1) / step, most_bottom = (level.height + step - 1) / step;
  Tile wanted = { .reduced = reduced,
                  .step = step,
                  .left = CLAMP ((int) (left / side) - 1, 0, most_right - 1),
                  .top = CLAMP ((int) (top / side) - 1, 0, most_bottom - 1) };

  wanted.right = CLAMP ((int) ceil (right / side) + 1, wanted.left + 1, most_right);
  wanted.bottom = CLAMP ((int) ceil (bottom / side) + 1, wanted.top + 1, most_bottom);
  if (self->tile.surface != NULL && self->tile.reduced == reduced && self->tile.step == step
      && self->tile.left == wanted.left && self->tile.top == wanted.top
      && self->tile.right == wanted.right && self->tile.bottom == wanted.bottom)
    return side;
  g_clear_pointer (&self->tile.surface, cairo_surface_destroy);
  self->tile = wanted;
  fill_tile (&self->tile, &level);
  return side;
}

static void
fl_picture_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  FlPictureView *self = FL_PICTURE_VIEW (widget);
  const FlPictureGeometry *geometry = &self->geometry;
  double side = self->rgb == NULL ? 0.0 : ensure_tile (self);

  if (side <= 0.0)
    return;

  cairo_t *cr = gtk_snapshot_append_cairo (
      snapshot,
      &GRAPHENE_RECT_INIT (0, 0, (float) geometry->room_width, (float) geometry->room_height));
  cairo_filter_t filter = CAIRO_FILTER_GOOD;

  if (geometry->scale * geometry->device >= 1.0 && !self->smooth)
    filter = CAIRO_FILTER_NEAREST;
  cairo_rectangle (cr, geometry->x, geometry->y, geometry->width * geometry->scale,
                   geometry->height * geometry->scale);
  cairo_clip (cr);
  cairo_translate (cr, geometry->x, geometry->y);
  cairo_scale (cr, geometry->scale * side, geometry->scale * side);
  cairo_set_source_surface (cr, self->tile.surface, self->tile.left, self->tile.top);
  cairo_pattern_set_filter (cairo_get_source (cr), filter);
  cairo_pattern_set_extend (cairo_get_source (cr), CAIRO_EXTEND_PAD);
  cairo_paint (cr);
  cairo_destroy (cr);
}

static void
update_room (FlPictureView *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  fl_picture_geometry_set_room (&self->geometry, gtk_widget_get_width (widget),
                                gtk_widget_get_height (widget),
                                gtk_widget_get_scale_factor (widget));
  gtk_widget_queue_draw (widget);
  g_signal_emit (self, signals[ZOOMED], 0);
}

static void
fl_picture_view_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  update_room (FL_PICTURE_VIEW (widget));
}

static GtkSizeRequestMode
fl_picture_view_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
fl_picture_view_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                         int *natural, int *minimum_baseline, int *natural_baseline)
{
  FlPictureView *self = FL_PICTURE_VIEW (widget);

  *minimum = LEAST_SIDE;
  *natural = NATURAL_SIDE;
  /* As high as the width makes it, but a tall picture does not push all else away. */
  if (orientation == GTK_ORIENTATION_VERTICAL && for_size > 0)
    *natural = (int) CLAMP ((gint64) for_size * self->ratio_height / self->ratio_width, LEAST_SIDE,
                            MAX (for_size, LEAST_SIDE));
}

static void
zoom_at (FlPictureView *self, double scale, double x, double y)
{
  if (self->rgb == NULL)
    return;
  fl_picture_geometry_zoom (&self->geometry, scale, x, y);
  show_geometry (self);
}

static gboolean
on_scroll (FlPictureView *self, double dx, double dy)
{
  double x = self->pointer_x, y = self->pointer_y;

  if (x < 0.0)
    {
      x = self->geometry.room_width / 2.0;
      y = self->geometry.room_height / 2.0;
    }
  zoom_at (self, self->geometry.scale * pow (ZOOM_STEP, -dy), x, y);
  return GDK_EVENT_STOP;
}

static void
on_motion (FlPictureView *self, double x, double y)
{
  self->pointer_x = x;
  self->pointer_y = y;
  show_pixel (self);
}

static void
on_leave (FlPictureView *self)
{
  self->pointer_x = self->pointer_y = -1.0;
  show_pixel (self);
}

static void
on_drag_begin (FlPictureView *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
  self->dragged_x = self->dragged_y = 0.0;
}

static void
on_drag_update (FlPictureView *self, double dx, double dy)
{
  fl_picture_geometry_pan (&self->geometry, dx - self->dragged_x, dy - self->dragged_y);
  self->dragged_x = dx;
  self->dragged_y = dy;
  show_geometry (self);
}

static void
on_pinch_begin (FlPictureView *self)
{
  self->pinch_scale = self->geometry.scale;
}

static void
on_pinch (FlPictureView *self, double factor, GtkGesture *gesture)
{
  double x, y;

  if (gtk_gesture_get_bounding_box_center (gesture, &x, &y))
    zoom_at (self, self->pinch_scale * factor, x, y);
}

static gboolean
zoom_by_key (GtkWidget *widget, GVariant *factor, gpointer data)
{
  fl_picture_view_zoom (FL_PICTURE_VIEW (widget), g_variant_get_double (factor));
  return TRUE;
}

static gboolean
fit_by_key (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  fl_picture_view_fit (FL_PICTURE_VIEW (widget));
  return TRUE;
}

static gboolean
show_one_to_one_by_key (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  fl_picture_view_show_one_to_one (FL_PICTURE_VIEW (widget));
  return TRUE;
}

static gboolean
pan_by_key (GtkWidget *widget, GVariant *way, gpointer data)
{
  FlPictureView *self = FL_PICTURE_VIEW (widget);
  double dx, dy;

  g_variant_get (way, "(dd)", &dx, &dy);
  fl_picture_geometry_pan (&self->geometry, dx, dy);
  show_geometry (self);
  return TRUE;
}

static void
add_keys (GtkWidgetClass *class)
{
  static const guint larger[] = { GDK_KEY_plus, GDK_KEY_equal, GDK_KEY_KP_Add };
  static const guint smaller[] = { GDK_KEY_minus, GDK_KEY_KP_Subtract };
  static const struct
  {
    guint key, keypad_key;
    double x, y;
  } arrows[] = { { GDK_KEY_Left, GDK_KEY_KP_Left, PAN_STEP, 0 },
                 { GDK_KEY_Right, GDK_KEY_KP_Right, -PAN_STEP, 0 },
                 { GDK_KEY_Up, GDK_KEY_KP_Up, 0, PAN_STEP },
                 { GDK_KEY_Down, GDK_KEY_KP_Down, 0, -PAN_STEP } };

  for (guint i = 0; i < G_N_ELEMENTS (larger); i++)
    {
      gtk_widget_class_add_binding (class, larger[i], 0, zoom_by_key, "d", ZOOM_STEP);
      gtk_widget_class_add_binding (class, larger[i], GDK_SHIFT_MASK, zoom_by_key, "d", ZOOM_STEP);
    }
  for (guint i = 0; i < G_N_ELEMENTS (smaller); i++)
    gtk_widget_class_add_binding (class, smaller[i], 0, zoom_by_key, "d", 1.0 / ZOOM_STEP);
  gtk_widget_class_add_binding (class, GDK_KEY_0, 0, fit_by_key, NULL);
  gtk_widget_class_add_binding (class, GDK_KEY_KP_0, 0, fit_by_key, NULL);
  gtk_widget_class_add_binding (class, GDK_KEY_1, 0, show_one_to_one_by_key, NULL);
  gtk_widget_class_add_binding (class, GDK_KEY_KP_1, 0, show_one_to_one_by_key, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (arrows); i++)
    {
      gtk_widget_class_add_binding (class, arrows[i].key, 0, pan_by_key, "(dd)", arrows[i].x,
                                    arrows[i].y);
      gtk_widget_class_add_binding (class, arrows[i].keypad_key, 0, pan_by_key, "(dd)", arrows[i].x,
                                    arrows[i].y);
    }
}

static void
drop_pixels (FlPictureView *self)
{
  g_clear_pointer (&self->rgb, g_bytes_unref);
  g_clear_pointer (&self->reduced, g_bytes_unref);
  g_clear_pointer (&self->tile.surface, cairo_surface_destroy);
}

static void
fl_picture_view_dispose (GObject *object)
{
  drop_pixels (FL_PICTURE_VIEW (object));
  G_OBJECT_CLASS (fl_picture_view_parent_class)->dispose (object);
}

static void
fl_picture_view_class_init (FlPictureViewClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = fl_picture_view_dispose;
  widget_class->snapshot = fl_picture_view_snapshot;
  widget_class->size_allocate = fl_picture_view_size_allocate;
  widget_class->get_request_mode = fl_picture_view_get_request_mode;
  widget_class->measure = fl_picture_view_measure;
  signals[PIXEL_HOVERED]
      = g_signal_new ("pixel-hovered", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                      NULL, G_TYPE_NONE, 2, G_TYPE_INT, G_TYPE_INT);
  signals[ZOOMED] = g_signal_new ("zoomed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 0);
  add_keys (widget_class);
  gtk_widget_class_set_css_name (widget_class, "pictureview");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
fl_picture_view_init (FlPictureView *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkEventController *scroll
      = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_VERTICAL);
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkGesture *pinch = gtk_gesture_zoom_new ();

  self->factor = self->ratio_width = self->ratio_height = 1;
  self->pointer_x = self->pointer_y = -1.0;
  fl_picture_geometry_init (&self->geometry, 1, 1);
  gtk_widget_set_focusable (widget, TRUE);
  gtk_widget_set_overflow (widget, GTK_OVERFLOW_HIDDEN);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, "Picture",
                                  -1);
  g_signal_connect (self, "notify::scale-factor", G_CALLBACK (update_room), NULL);
  g_signal_connect_swapped (scroll, "scroll", G_CALLBACK (on_scroll), self);
  gtk_widget_add_controller (widget, scroll);
  g_signal_connect_swapped (motion, "enter", G_CALLBACK (on_motion), self);
  g_signal_connect_swapped (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect_swapped (motion, "leave", G_CALLBACK (on_leave), self);
  gtk_widget_add_controller (widget, motion);
  g_signal_connect_swapped (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect_swapped (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (drag));
  g_signal_connect_swapped (pinch, "begin", G_CALLBACK (on_pinch_begin), self);
  g_signal_connect_swapped (pinch, "scale-changed", G_CALLBACK (on_pinch), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (pinch));
}

GtkWidget *
fl_picture_view_new (void)
{
  return g_object_new (FL_TYPE_PICTURE_VIEW, NULL);
}

void
fl_picture_view_set_pixels (FlPictureView *self, int width, int height, GBytes *rgb, int factor,
                            GBytes *reduced)
{
  g_return_if_fail (FL_IS_PICTURE_VIEW (self));
  g_return_if_fail (rgb == NULL || (width > 0 && height > 0 && factor > 0 && reduced != NULL));

  drop_pixels (self);
  if (rgb != NULL)
    {
      g_return_if_fail (g_bytes_get_size (rgb) == (gsize) width * (gsize) height * 3);
      g_return_if_fail (g_bytes_get_size (reduced)
                        == (gsize) MAX (1, width / factor) * (gsize) MAX (1, height / factor) * 3);
      self->rgb = g_bytes_ref (rgb);
      self->reduced = g_bytes_ref (reduced);
      self->factor = factor;
      fl_picture_geometry_init (&self->geometry, width, height);
      update_room (self);
    }
  show_geometry (self);
}

void
fl_picture_view_set_ratio (FlPictureView *self, int width, int height)
{
  g_return_if_fail (FL_IS_PICTURE_VIEW (self) && width > 0 && height > 0);

  self->ratio_width = width;
  self->ratio_height = height;
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

void
fl_picture_view_set_description (FlPictureView *self, const char *description)
{
  g_return_if_fail (FL_IS_PICTURE_VIEW (self));

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  description, -1);
}

void
fl_picture_view_zoom (FlPictureView *self, double factor)
{
  g_return_if_fail (FL_IS_PICTURE_VIEW (self) && factor > 0.0);

  zoom_at (self, self->geometry.scale * factor, self->geometry.room_width / 2.0,
           self->geometry.room_height / 2.0);
}

void
fl_picture_view_fit (FlPictureView *self)
{
  g_return_if_fail (FL_IS_PICTURE_VIEW (self));

  fl_picture_geometry_fit (&self->geometry);
  show_geometry (self);
}

void
fl_picture_view_show_one_to_one (FlPictureView *self)
{
  g_return_if_fail (FL_IS_PICTURE_VIEW (self));

  zoom_at (self, 1.0 / self->geometry.device, self->geometry.room_width / 2.0,
           self->geometry.room_height / 2.0);
}

double
fl_picture_view_get_zoom (FlPictureView *self)
{
  g_return_val_if_fail (FL_IS_PICTURE_VIEW (self), 1.0);

  return self->geometry.scale * self->geometry.device;
}

void
fl_picture_view_set_smooth (FlPictureView *self, gboolean smooth)
{
  g_return_if_fail (FL_IS_PICTURE_VIEW (self));

  self->smooth = smooth;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
