#pragma once

#include "engine/core/input-preparation.h"
#include "engine/formats/picture.h"

/* A rectangle in pixels, which may be cut through: left <= x < right. */
typedef struct
{
  float left;
  float top;
  float right;
  float bottom;
} FlResizeBox;

/**
 * fl_resize:
 * @width: 1 .. FL_PICTURE_MAX_SIDE, like @height; both together at most FL_PICTURE_MAX_PIXELS
 * @box: (nullable): the part of @picture that fills the result, inside the picture and not empty;
 *   %NULL for all of it. Pixels beyond its edges still weigh in, as far as the filter reaches.
 *
 * Resizes exactly as Pillow's Image.resize() does on 8-bit RGB, bit for bit: filters grow with the
 * reduction, rows first and then columns, each rounded to 8 bits. The source's size in its own size
 * is the same picture again.
 *
 * Returns: (transfer full): a picture, grey where @picture is
 */
FlPicture *
fl_resize (FlPicture *picture, int width, int height, FlResample resample, const FlResizeBox *box);

/* How a picture is looked at and which part of the result is wanted. */
typedef struct
{
  /* The source: a rectangle of @canvas_width x @canvas_height (0: the picture's own size) whose top
   * left corner lies at (@x, @y) of the picture. Where it reaches beyond the picture it is white.
   * */
  int x;
  int y;
  int canvas_width;
  int canvas_height;
  gboolean
      as_grey; /* its luminance (ITU-R 601-2, as Pillow's convert("L")) in all three channels */

  /* What it is resized to. */
  int width;
  int height;
  FlResample resample;

  /* The part of that which is returned, and only computed: @part_width x @part_height (0: all) from
   * (@part_x, @part_y). Where it reaches beyond, it is black. */
  int part_x;
  int part_y;
  int part_width;
  int part_height;
} FlResizeJob;

/**
 * fl_resize_run:
 *
 * Cuts out or surrounds with white, then turns grey, then resizes, then cuts out or surrounds with
 * black, in memory for the two last steps only. The part must be within the limits of a picture;
 * the canvas and what it is resized to may be far larger.
 *
 * Returns: (transfer full): a picture, grey where @picture is or as_grey is set; %NULL with
 *   %FL_ERROR_LIMIT where there is no memory
 */
FlPicture *fl_resize_run (FlPicture *picture, const FlResizeJob *job, GError **error);
