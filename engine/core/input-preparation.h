#pragma once

#include <glib.h>

/* How a picture's channels reach the network. */
typedef enum
{
  FL_CHANNELS_RGB,
  FL_CHANNELS_BGR,
  FL_CHANNELS_GREY,
} FlChannels;

/* How a picture of any size becomes width x height. */
typedef enum
{
  FL_RESIZE_STRETCH,    /* both sides, aspect ratio given up */
  FL_RESIZE_SHORT_SIDE, /* short side to `resize_size`, then the centre width x height is cut out */
  FL_RESIZE_CENTRE_CROP, /* the central square of `resize_fraction` of the short side, then resized
                          */
  FL_RESIZE_FIT,         /* the whole picture on a white square, then resized */
} FlResizeRule;

typedef enum
{
  FL_RESAMPLE_NEAREST,
  FL_RESAMPLE_BILINEAR,
  FL_RESAMPLE_BICUBIC,
} FlResample;

/**
 * FlInputPreparation:
 *
 * How a picture becomes a network's input, in one record: the picture is brought to @width x
 * @height by
 * @rule and @resample, its pixels (0 .. 255) put in the order of @channels, and each channel c
 * becomes (pixel * scale - mean[c]) / std[c]. @mean and @std stand in the order of @channels; for
 * %FL_CHANNELS_GREY only the first is used.
 */
typedef struct
{
  int width;
  int height;
  FlChannels channels;
  double scale;
  double mean[3];
  double std[3];
  FlResizeRule rule;
  int resize_size;        /* pixels, FL_RESIZE_SHORT_SIDE */
  double resize_fraction; /* 0 .. 1, FL_RESIZE_CENTRE_CROP */
  FlResample resample;
} FlInputPreparation;

/* 1 or 3. */
int fl_input_preparation_n_channels (const FlInputPreparation *preparation);

/**
 * fl_input_preparation_init_default:
 * @n_channels: 1 or 3
 *
 * What is assumed of a network without a card: for three channels torchvision's ImageNet
 * preparation (short side to 256/224 of the size, centre crop, scale 1/255, mean .485 .456 .406,
 * std .229 .224 .225), for one channel scale 1/255 and stretching.
 */
void fl_input_preparation_init_default (FlInputPreparation *preparation, int n_channels, int width,
                                        int height);
