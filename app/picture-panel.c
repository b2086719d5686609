#include "app/picture-panel.h"

#include "engine/formats/input-tensor.h"
#include "ui/filter-text.h"
#include "ui/picture-view.h"

#define ZOOM_STEP 1.25

struct _FlPicturePanel
{
  AdwBin parent_instance;

  FlSession *session; /* owned */

  char *name;      /* owned, nullable: of the picture's file */
  FlPicture *seen; /* owned, nullable: by the network */
  gboolean side_is_input;
  gboolean smooth;
  int column; /* under the pointer, -1 for none */
  int row;

  FlPictureView *view;
  GtkLabel *caption;
  GtkWidget *tools;
  GtkWidget *sides;
  GtkWidget *open_button;
};

G_DEFINE_FINAL_TYPE (FlPicturePanel, fl_picture_panel, ADW_TYPE_BIN)

enum
{
  PROP_SIDE = 1,
  PROP_SMOOTH,
};

/* What is shown: the input where that was chosen and is there, or nothing else is. */
static gboolean
shows_input (FlPicturePanel *self)
{
  return self->seen != NULL
         && (self->side_is_input || fl_session_get_picture (self->session) == NULL);
}

/* The picture whose pixels are counted. */
static FlPicture *
shown_picture (FlPicturePanel *self)
{
  FlPicture *picture = fl_session_get_picture (self->session);

  if (shows_input (self))
    return self->seen;
  return picture != NULL ? picture : fl_session_get_shown (self->session);
}

static void
append_input (FlPicturePanel *self, GString *text, int column, int row)
{
  FlTensor *input = fl_session_get_input (self->session);
  const gint64 *shape = fl_tensor_shape (input);
  const float *values = fl_tensor_data (input);

  g_string_append (text, " · input");
  for (gint64 c = 0; c < shape[0]; c++)
    {
      g_autofree char *value = fl_value_text (values[(c * shape[1] + row) * shape[2] + column]);

      g_string_append_printf (text, " %s", value);
    }
}

/* What is said of a pixel. */
static char *
pixel_text (FlPicturePanel *self, int column, int row)
{
  FlPicture *picture = shown_picture (self);
  const guint8 *pixel = fl_picture_pixels (picture)
                        + ((gsize) row * (gsize) fl_picture_width (picture) + (gsize) column) * 3;
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "(%d, %d) RGB %d %d %d", column, row, pixel[0], pixel[1], pixel[2]);
  if (shows_input (self))
    append_input (self, text, column, row);
  else if (fl_session_get_input (self->session) != NULL)
    {
      FlModel *model = fl_session_get_model (self->session);
      int input_column, input_row;

      if (fl_input_tensor_locate (picture, fl_model_preparation (model), column, row, &input_column,
                                  &input_row))
        append_input (self, text, input_column, input_row);
      else
        g_string_append (text, " · not seen by the network");
    }
  return g_string_free (text, FALSE);
}

/* The pixel under the pointer; else what the picture is. */
static void
show_caption (FlPicturePanel *self)
{
  FlPicture *picture = shown_picture (self);
  g_autofree char *text = NULL;

  if (picture == NULL)
    return;
  if (self->column >= 0)
    text = pixel_text (self, self->column, self->row);
  else
    text = g_strdup_printf ("%s · %d × %d · %.0f %%",
                            shows_input (self) ? "Network input" : self->name,
                            fl_picture_width (picture), fl_picture_height (picture),
                            100.0 * fl_picture_view_get_zoom (self->view));
  gtk_label_set_text (self->caption, text);
}

/* The pixels of a picture, which lives as long as they. */
static GBytes *
pixels_of (FlPicture *picture)
{
  gsize size = (gsize) fl_picture_width (picture) * (gsize) fl_picture_height (picture) * 3;

  return g_bytes_new_with_free_func (fl_picture_pixels (picture), size,
                                     (GDestroyNotify) fl_picture_unref, fl_picture_ref (picture));
}

static void
show_pixels (FlPicturePanel *self)
{
  FlPicture *picture = shown_picture (self);
  FlPicture *reduced = fl_session_get_shown (self->session);

  self->column = self->row = -1;
  if (picture == NULL)
    {
      fl_picture_view_set_pixels (self->view, 0, 0, NULL, 1, NULL);
      return;
    }
  if (shows_input (self))
    reduced = picture;

  g_autoptr (GBytes) pixels = pixels_of (picture);
  g_autoptr (GBytes) reduced_pixels = pixels_of (reduced);
  int long_side = MAX (fl_picture_width (picture), fl_picture_height (picture));
  g_autofree char *description = g_strdup_printf (
      "%s of %d × %d pixels", shows_input (self) ? "What the network sees" : self->name,
      fl_picture_width (picture), fl_picture_height (picture));

  fl_picture_view_set_pixels (
      self->view, fl_picture_width (picture), fl_picture_height (picture), pixels,
      long_side / MAX (fl_picture_width (reduced), fl_picture_height (reduced)), reduced_pixels);
  fl_picture_view_set_description (self->view, description);
  show_caption (self);
}

static void
show_picture (FlPicturePanel *self)
{
  FlPicture *shown = fl_session_get_shown (self->session);
  FlPicture *decoded = fl_session_get_picture (self->session);
  FlTensor *input = fl_session_get_input (self->session);
  const char *path = fl_session_get_picture_path (self->session);

  g_clear_pointer (&self->seen, fl_picture_unref);
  g_clear_pointer (&self->name, g_free);
  if (input != NULL)
    self->seen = fl_input_tensor_to_picture (
        input, fl_model_preparation (fl_session_get_model (self->session)));
  if (path != NULL)
    self->name = g_path_get_basename (path);
  gtk_widget_set_visible (GTK_WIDGET (self->view), shown != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->caption), shown != NULL);
  gtk_widget_set_visible (self->tools, shown != NULL);
  gtk_widget_set_visible (self->sides, decoded != NULL && self->seen != NULL);
  gtk_widget_set_visible (self->open_button, shown == NULL);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->caption), path);
  if (shown != NULL)
    fl_picture_view_set_ratio (self->view, fl_picture_width (shown), fl_picture_height (shown));
  show_pixels (self);
}

static void
on_pixel_hovered (FlPicturePanel *self, int column, int row)
{
  if (column == self->column && row == self->row)
    return;
  self->column = column;
  self->row = row;
  show_caption (self);
}

static void
on_zoomed (FlPicturePanel *self)
{
  if (self->session != NULL)
    show_caption (self);
}

/* The old picture stays, dimmed, while a new one takes longer than a moment. */
static void
show_staleness (FlPicturePanel *self)
{
  FlSessionProgress progress;

  fl_session_get_progress (self->session, &progress);
  if (progress.long_work && progress.loading)
    gtk_widget_add_css_class (GTK_WIDGET (self->view), "stale");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->view), "stale");
}

static void
on_session_changed (FlPicturePanel *self, guint changes)
{
  if (changes & (FL_SESSION_PICTURE | FL_SESSION_NETWORK))
    show_picture (self);
  show_staleness (self);
}

static void
zoom (GtkWidget *widget, const char *action, GVariant *parameter)
{
  FlPicturePanel *self = FL_PICTURE_PANEL (widget);

  if (g_str_equal (action, "picture.fit"))
    fl_picture_view_fit (self->view);
  else if (g_str_equal (action, "picture.one-to-one"))
    fl_picture_view_show_one_to_one (self->view);
  else
    fl_picture_view_zoom (self->view,
                          g_str_equal (action, "picture.zoom-in") ? ZOOM_STEP : 1.0 / ZOOM_STEP);
}

static void
fl_picture_panel_get_property (GObject *object, guint property, GValue *value, GParamSpec *pspec)
{
  FlPicturePanel *self = FL_PICTURE_PANEL (object);

  if (property == PROP_SIDE)
    g_value_set_string (value, self->side_is_input ? "input" : "picture");
  else if (property == PROP_SMOOTH)
    g_value_set_boolean (value, self->smooth);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
}

static void
fl_picture_panel_set_property (GObject *object, guint property, const GValue *value,
                               GParamSpec *pspec)
{
  FlPicturePanel *self = FL_PICTURE_PANEL (object);

  if (property == PROP_SIDE)
    {
      self->side_is_input = g_strcmp0 (g_value_get_string (value), "input") == 0;
      if (self->session != NULL)
        show_pixels (self);
    }
  else if (property == PROP_SMOOTH)
    {
      self->smooth = g_value_get_boolean (value);
      fl_picture_view_set_smooth (self->view, self->smooth);
    }
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
}

static void
fl_picture_panel_dispose (GObject *object)
{
  FlPicturePanel *self = FL_PICTURE_PANEL (object);

  if (self->session != NULL)
    g_signal_handlers_disconnect_by_data (self->session, self);
  g_clear_object (&self->session);
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->seen, fl_picture_unref);
  G_OBJECT_CLASS (fl_picture_panel_parent_class)->dispose (object);
}

#define BIND(name) gtk_widget_class_bind_template_child (widget_class, FlPicturePanel, name)

static void
fl_picture_panel_class_init (FlPicturePanelClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = fl_picture_panel_dispose;
  G_OBJECT_CLASS (class)->get_property = fl_picture_panel_get_property;
  G_OBJECT_CLASS (class)->set_property = fl_picture_panel_set_property;
  g_object_class_install_property (
      G_OBJECT_CLASS (class), PROP_SIDE,
      g_param_spec_string ("side", NULL, NULL, "picture",
                           G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));
  g_object_class_install_property (
      G_OBJECT_CLASS (class), PROP_SMOOTH,
      g_param_spec_boolean ("smooth", NULL, NULL, FALSE,
                            G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));
  gtk_widget_class_install_property_action (widget_class, "picture.side", "side");
  gtk_widget_class_install_property_action (widget_class, "picture.smooth", "smooth");
  gtk_widget_class_install_action (widget_class, "picture.zoom-in", NULL, zoom);
  gtk_widget_class_install_action (widget_class, "picture.zoom-out", NULL, zoom);
  gtk_widget_class_install_action (widget_class, "picture.fit", NULL, zoom);
  gtk_widget_class_install_action (widget_class, "picture.one-to-one", NULL, zoom);
  g_type_ensure (FL_TYPE_PICTURE_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/faultline/Faultline/picture-panel.ui");
  BIND (view);
  BIND (caption);
  BIND (tools);
  BIND (sides);
  BIND (open_button);
  gtk_widget_class_bind_template_callback (widget_class, on_pixel_hovered);
  gtk_widget_class_bind_template_callback (widget_class, on_zoomed);
}

static void
fl_picture_panel_init (FlPicturePanel *self)
{
  self->column = self->row = -1;
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
fl_picture_panel_set_session (FlPicturePanel *self, FlSession *session)
{
  g_return_if_fail (FL_IS_PICTURE_PANEL (self) && self->session == NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "changed", G_CALLBACK (on_session_changed), self,
                           G_CONNECT_SWAPPED);
  on_session_changed (self, ~(guint) 0);
}
