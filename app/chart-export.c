#include "app/chart-export.h"

#include "ui/profile-chart-drawing.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>

#define MARGIN 12.0
#define FONT "Sans 11"
/* What a PDF measures in, per pixel of 1/96 inch. */
#define POINTS (72.0 / 96.0)

static const char *const suffixes[] = { ".png", ".svg", ".pdf" };

gboolean
fl_chart_format_from_path (const char *path, FlChartFormat *format)
{
  g_autofree char *lower = g_ascii_strdown (path, -1);

  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    if (g_str_has_suffix (lower, suffixes[i]))
      {
        *format = (FlChartFormat) i;
        return TRUE;
      }
  return FALSE;
}

static cairo_status_t
append (void *bytes, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (bytes, data, length);
  return CAIRO_STATUS_SUCCESS;
}

static void
draw (cairo_t *cr, const FlProfileChartData *data, const char *title, int width, int height,
      int scale)
{
  PangoContext *context = pango_font_map_create_context (pango_cairo_font_map_get_default ());
  PangoFontDescription *font = pango_font_description_from_string (FONT);
  FlChartStyle style = { context, scale, FALSE, { 0.13f, 0.13f, 0.13f, 1.0f } };
  double top = MARGIN;

  pango_context_set_font_description (context, font);
  pango_font_description_free (font);
  cairo_set_source_rgb (cr, 1.0, 1.0, 1.0);
  cairo_paint (cr);
  if (title != NULL)
    {
      g_autoptr (PangoLayout) text = fl_chart_style_small_text (&style, title, TRUE);
      PangoRectangle box;

      pango_layout_set_width (text, (int) ((width - 2.0 * MARGIN) * PANGO_SCALE));
      pango_layout_set_ellipsize (text, PANGO_ELLIPSIZE_MIDDLE);
      pango_layout_get_extents (text, NULL, &box);
      gdk_cairo_set_source_rgba (cr, &style.foreground);
      cairo_move_to (cr, MARGIN, top);
      pango_cairo_show_layout (cr, text);
      /* On a whole pixel, as the bars are. */
      top += (double) PANGO_PIXELS_CEIL (box.height) + 6.0;
    }
  cairo_translate (cr, MARGIN, top);
  fl_profile_chart_draw (cr, MAX (1.0, width - 2.0 * MARGIN), MAX (1.0, height - top - MARGIN),
                         data, &style);
  g_object_unref (context);
}

GBytes *
fl_chart_export_render (const FlProfileChartData *data, const char *title, int width, int height,
                        int scale, FlChartFormat format, GError **error)
{
  g_return_val_if_fail (width >= 1 && height >= 1 && scale >= 1, NULL);

  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  cairo_surface_t *surface;
  cairo_status_t status;

  if (format == FL_CHART_SVG)
    {
      scale = 1;
      surface = cairo_svg_surface_create_for_stream (append, bytes, width, height);
      cairo_svg_surface_set_document_unit (surface, CAIRO_SVG_UNIT_PX);
    }
  else if (format == FL_CHART_PDF)
    {
      scale = 1;
      surface
          = cairo_pdf_surface_create_for_stream (append, bytes, width * POINTS, height * POINTS);
      cairo_surface_set_device_scale (surface, POINTS, POINTS);
      if (title != NULL)
        cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_TITLE, title);
    }
  else
    {
      surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width * scale, height * scale);
      cairo_surface_set_device_scale (surface, scale, scale);
    }

  cairo_t *cr = cairo_create (surface);

  draw (cr, data, title, width, height, scale);
  status = cairo_status (cr);
  cairo_destroy (cr);
  if (status == CAIRO_STATUS_SUCCESS && format == FL_CHART_PNG)
    status = cairo_surface_write_to_png_stream (surface, append, bytes);
  cairo_surface_finish (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_status (surface);
  cairo_surface_destroy (surface);
  if (status != CAIRO_STATUS_SUCCESS)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                   "The chart of %d x %d pixels cannot be drawn: %s", width * scale, height * scale,
                   cairo_status_to_string (status));
      return NULL;
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}

gboolean
fl_chart_export_save (const char *path, const FlProfileChartData *data, const char *title,
                      int width, int height, int scale, FlChartFormat format, GError **error)
{
  g_autoptr (GBytes) bytes
      = fl_chart_export_render (data, title, width, height, scale, format, error);

  /* Written beside it and renamed, so that a file of that name stays whole until then. */
  return bytes != NULL
         && g_file_set_contents (path, g_bytes_get_data (bytes, NULL),
                                 (gssize) g_bytes_get_size (bytes), error);
}
