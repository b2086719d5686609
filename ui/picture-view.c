#include "ui/picture-view.h"

#include <math.h>

#define LEAST_SIDE 120
#define NATURAL_SIDE 300

struct _FlPictureView
{
  GtkWidget parent_instance;

  cairo_surface_t *picture; /* owned, nullable */
  int width;
  int height;
  cairo_surface_t
      *reduced; /* owned, nullable: what is shown of a picture that is larger than the view */
};

G_DEFINE_FINAL_TYPE (FlPictureView, fl_picture_view, GTK_TYPE_WIDGET)

static void
drop_reduced (FlPictureView *self)
{
  g_clear_pointer (&self->reduced, cairo_surface_destroy);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
paint_scaled (cairo_t *cr, cairo_surface_t *picture, double scale, cairo_filter_t filter)
{
  cairo_scale (cr, scale, scale);
  cairo_set_source_surface (cr, picture, 0.0, 0.0);
  cairo_pattern_set_filter (cairo_get_source (cr), filter);
  cairo_pattern_set_extend (cairo_get_source (cr), CAIRO_EXTEND_PAD);
  cairo_paint (cr);
}

/* Reducing a photograph well takes longer than a frame: it is done once a size. */
static void
ensure_reduced (FlPictureView *self, double width, double height, double scale, double device)
{
  if (self->reduced != NULL)
    return;
  self->reduced
      = cairo_image_surface_create (CAIRO_FORMAT_RGB24, MAX (1, (int) ceil (width * device)),
                                    MAX (1, (int) ceil (height * device)));
  cairo_surface_set_device_scale (self->reduced, device, device);

  cairo_t *cr = cairo_create (self->reduced);

  paint_scaled (cr, self->picture, scale, CAIRO_FILTER_GOOD);
  cairo_destroy (cr);
}

static void
fl_picture_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  FlPictureView *self = FL_PICTURE_VIEW (widget);
  double room_width = gtk_widget_get_width (widget);
  double room_height = gtk_widget_get_height (widget);

  if (self->picture == NULL || room_width < 1.0 || room_height < 1.0)
    return;

  double scale = MIN (room_width / self->width, room_height / self->height);
  double width = self->width * scale, height = self->height * scale;
  double x = (room_width - width) / 2.0, y = (room_height - height) / 2.0;
  double device = gtk_widget_get_scale_factor (widget);
  cairo_t *cr = gtk_snapshot_append_cairo (
      snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) room_width, (float) room_height));

  cairo_translate (cr, x, y);
  cairo_rectangle (cr, 0.0, 0.0, width, height);
  cairo_clip (cr);
  if (scale * device >= 1.0)
    paint_scaled (cr, self->picture, scale, CAIRO_FILTER_NEAREST);
  else
    {
      ensure_reduced (self, width, height, scale, device);
      cairo_set_source_surface (cr, self->reduced, 0.0, 0.0);
      cairo_paint (cr);
    }
  cairo_destroy (cr);
}

static void
fl_picture_view_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  drop_reduced (FL_PICTURE_VIEW (widget));
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
  if (orientation == GTK_ORIENTATION_VERTICAL && for_size > 0 && self->picture != NULL)
    *natural = CLAMP (for_size * self->height / self->width, LEAST_SIDE, for_size);
}

static void
fl_picture_view_dispose (GObject *object)
{
  FlPictureView *self = FL_PICTURE_VIEW (object);

  g_clear_pointer (&self->picture, cairo_surface_destroy);
  g_clear_pointer (&self->reduced, cairo_surface_destroy);
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
  gtk_widget_class_set_css_name (widget_class, "pictureview");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
fl_picture_view_init (FlPictureView *self)
{
  g_signal_connect (self, "notify::scale-factor", G_CALLBACK (drop_reduced), NULL);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, "Picture",
                                  -1);
}

GtkWidget *
fl_picture_view_new (void)
{
  return g_object_new (FL_TYPE_PICTURE_VIEW, NULL);
}

void
fl_picture_view_set_pixels (FlPictureView *self, int width, int height, const guint8 *rgb)
{
  g_return_if_fail (FL_IS_PICTURE_VIEW (self));
  g_return_if_fail (rgb == NULL || (width > 0 && height > 0));

  g_clear_pointer (&self->picture, cairo_surface_destroy);
  if (rgb != NULL)
    {
      self->picture = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
      self->width = width;
      self->height = height;
      cairo_surface_flush (self->picture);

      guchar *pixels = cairo_image_surface_get_data (self->picture);
      int stride = cairo_image_surface_get_stride (self->picture);

      /* A picture beyond Cairo's limits has no pixels: then there is nothing to show. */
      for (int y = 0; pixels != NULL && y < height; y++)
        {
          guint32 *row = (guint32 *) (gpointer) (pixels + (gsize) y * stride);
          const guint8 *source = rgb + (gsize) y * width * 3;

          for (int x = 0; x < width; x++, source += 3)
            row[x] = (guint32) source[0] << 16 | (guint32) source[1] << 8 | source[2];
        }
      cairo_surface_mark_dirty (self->picture);
    }
  gtk_widget_queue_resize (GTK_WIDGET (self));
  drop_reduced (self);
}

void
fl_picture_view_set_description (FlPictureView *self, const char *description)
{
  g_return_if_fail (FL_IS_PICTURE_VIEW (self));

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  description, -1);
}
